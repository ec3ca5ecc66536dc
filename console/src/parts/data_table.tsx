/**
 * A list of rows as a real table: only the rows in sight are in the page, however many are loaded; more are loaded towards
 * the end. `j` and `k` move, Enter opens, `x` selects; columns are chosen, and the choice is in the address.
 */
import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { useTableLayout } from "./table_layout.tsx";
import type { Column } from "./table_row.tsx";
import { TableView } from "./table_view.tsx";

/** Which rows are selected, by their key. */
type Selection = { keys: ReadonlySet<string>; onChange: (keys: ReadonlySet<string>) => void };

/** A key and what it does with a row; `description` is translated. */
type RowShortcut<Row> = { keys: string; description: string; run: (row: Row) => void };

/** What a list needs to be shown. */
export type DataTableProps<Row> = {
  /** For screen readers: what the table lists. */
  label: string;
  /** The same ones from render to render, where many rows are shown: others have every row rendered anew. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** What a row is called, such as its id. */
  rowLabel: (row: Row) => string;
  /** How many rows there are in all; null: as many as are loaded. */
  total?: number | null;
  totalIsAtLeast?: boolean;
  selection?: Selection;
  /** The key of the row whose details are open. */
  openKey?: string | null;
  onOpen?: (row: Row) => void;
  /** The address of a row's page, for those who press ⌘, Ctrl or the middle button. */
  hrefOf?: (row: Row) => string;
  hasMore?: boolean;
  isLoadingMore?: boolean;
  onLoadMore?: () => void;
  /** Beside the column chooser. */
  toolbar?: ReactNode;
  /** What stands between a row and the one above it, such as the day that begins; null for nothing. */
  separatorOf?: (row: Row, above: Row) => string | null;
  /** Details are open over the table: its keys rest. */
  isCovered?: boolean;
  /** Keys that act on the row that the keyboard is on. */
  rowShortcuts?: readonly RowShortcut<Row>[];
};

/** See the head of this file. Rows must be newest first and only ever appended, or keyed. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, total = null, toolbar } = props;
  const t = useT();
  const { columns, density, controls } = useTableLayout(props.columns);
  return (
    <div>
      <Group justify="space-between" mb="xs" gap="xs">
        <Text size="sm" role="status">
          {t(props.totalIsAtLeast === true ? "parts.rowsAtLeast" : "parts.rows", { count: total ?? rows.length })}
        </Text>
        <Group gap="xs">
          {toolbar}
          {controls}
        </Group>
      </Group>
      <TableView {...props} columns={columns} density={density} />
      {props.hasMore === true ? (
        <Group justify="center" mt="sm">
          <Button variant="default" loading={props.isLoadingMore === true} onClick={props.onLoadMore}>
            {t(props.isLoadingMore === true ? "parts.loadingMore" : "parts.loadMore")}
          </Button>
        </Group>
      ) : null}
    </div>
  );
}
