/** Which columns a table shows (in the address, as `cols`) and how dense it is (remembered). */
import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import type { Column } from "./data_table.tsx";

/** How high rows are. */
export type Density = "comfortable" | "compact";

/** The columns to show, in their order, and the buttons that change it. */
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
  const chosen = cols === undefined ? null : new Set(cols.split("."));
  const isShown = ({ id, isFixed, isExtra }: Column<Row>): boolean =>
    isFixed === true || (chosen === null ? isExtra !== true : chosen.has(id));
  const columns = all.filter(isShown);
  const choose = (id: string, isWanted: boolean): void => {
    const ids = all.filter((column) => (column.id === id ? isWanted : isShown(column))).map((column) => column.id);
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
                checked={isShown(column)}
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
