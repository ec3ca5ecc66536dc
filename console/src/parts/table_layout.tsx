/** Which columns a table shows (in the address, as `cols`) and how dense it is (remembered). */
import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMemo } from "react";
import { useT } from "../i18n/i18n.ts";
import type { Column } from "./table_row.tsx";

/** How high rows are. */
export type Density = "comfortable" | "compact";

/** The columns to show, in their order (the same ones as long as `all` and the choice are), and the buttons that change it. */
export function useTableLayout<Row>(all: readonly Column<Row>[]): {
  columns: readonly Column<Row>[];
  density: Density;
  controls: ReactNode;
} {
  const t = useT();
  const navigate = useNavigate();
  const { cols } = useSearch({ strict: false });
  const [density, setDensity] = useLocalStorage<Density>({
    key: "ignisign-density",
    defaultValue: "comfortable",
    getInitialValueInEffect: false,
  });
  const columns = useMemo(() => shownColumns(all, cols), [all, cols]);
  const choose = (id: string, isWanted: boolean): void => {
    const isShown = (column: Column<Row>): boolean => (column.id === id ? isWanted : columns.includes(column));
    const ids = all.filter(isShown).map((column) => column.id);
    const standard = all.filter(({ isExtra }) => isExtra !== true).map((column) => column.id);
    const search = (old: object) => ({
      ...old,
      cols: ids.join(".") === standard.join(".") ? undefined : ids.join("."),
    });
    void navigate({ to: ".", search: search as never, replace: true }); // `cols` is the root's: every route has it
  };
  const controls = (
    <>
      <Popover position="bottom-end" trapFocus returnFocus>
        <Popover.Target>
          <Button variant="default" size="xs">
            {t("parts.columns")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t("parts.columns")}>
          <Stack gap="xs">
            {all.map((column) => (
              <Checkbox
                key={column.id}
                label={column.header}
                checked={columns.includes(column)}
                disabled={column.isFixed === true}
                onChange={(event) => choose(column.id, event.currentTarget.checked)}
              />
            ))}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <Button
        variant="default"
        size="xs"
        aria-pressed={density === "compact"}
        onClick={() => setDensity(density === "compact" ? "comfortable" : "compact")}
      >
        {t("parts.density.compact")}
      </Button>
    </>
  );
  return { columns, density, controls };
}

/** `cols`: the ids of the chosen columns as the address has them; undefined: the standard ones. */
function shownColumns<Row>(all: readonly Column<Row>[], cols: string | undefined): readonly Column<Row>[] {
  const chosen = cols === undefined ? null : new Set(cols.split("."));
  return all.filter(
    ({ id, isFixed, isExtra }) => isFixed === true || (chosen === null ? isExtra !== true : chosen.has(id)),
  );
}
