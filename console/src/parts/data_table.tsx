/**
 * A list of rows as a real table: only the rows in sight are in the page, however many are loaded; more are loaded at the
 * end. `j` and `k` move, Enter opens, `x` selects; columns are chosen, and the choice is in the address.
 */
import { Button, Checkbox, Group, Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import { Fragment, useEffect, useRef, useState } from "react";
import { useT } from "../i18n/i18n.ts";
import { useShortcut } from "../shell/shortcuts.tsx";
import type { Density } from "./table_layout.tsx";
import { useTableLayout } from "./table_layout.tsx";
import classes from "./data_table.module.css";

/** One column. */
export type Column<Row> = {
  id: string;
  /** Already translated. */
  header: string;
  cell: (row: Row) => ReactNode;
  /** CSS width, such as `12rem`; unset: what the content takes. */
  width?: string;
  align?: "end";
  /** Not shown until it is chosen. */
  isExtra?: boolean;
  /** Cannot be hidden. */
  isFixed?: boolean;
  /** Left out on narrow windows. */
  isWideOnly?: boolean;
  /** Stays in sight at the end while the others are scrolled. */
  isPinned?: boolean;
};

/** Which rows are selected, by their key. */
type Selection = { keys: ReadonlySet<string>; onChange: (keys: ReadonlySet<string>) => void };

type DataTableProps<Row> = {
  /** For screen readers: what the table lists. */
  label: string;
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

/** A key and what it does with a row; `description` is translated. */
type RowShortcut<Row> = { keys: string; description: string; run: (row: Row) => void };

const ROW_HEIGHT: Record<Density, number> = { comfortable: 44, compact: 34 };
const SEPARATOR_HEIGHT = 32;
/** Rows kept ready above and below those in sight. */
const OVERSCAN = 12;
const INTERACTIVE = "a, button, input, label, select, textarea, time, [role=menuitem]";

/** See the head of this file. Rows must be newest first and only ever appended, or keyed. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, rowLabel, selection, openKey = null, onOpen, total = null, toolbar } = props;
  const t = useT();
  const { columns, density, controls } = useTableLayout(props.columns);
  const scroller = useRef<HTMLDivElement>(null);
  const separatorAt = (at: number): string | null => {
    const [row, above] = [rows[at], rows[at - 1]];
    return row === undefined || above === undefined ? null : (props.separatorOf?.(row, above) ?? null);
  };
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by what the virtualizer returns
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => ROW_HEIGHT[density] + (separatorAt(at) === null ? 0 : SEPARATOR_HEIGHT),
    overscan: OVERSCAN,
    getItemKey: (at) => (rows[at] === undefined ? at : rowKey(rows[at])),
  });
  const items = virtual.getVirtualItems();
  const { active, move, setActive } = useActiveRow(rows.length, scroller, (at) => virtual.scrollToIndex(at));
  const lastShown = items.at(-1)?.index ?? -1;
  useLoadMoreAtEnd(props, lastShown);

  const toggle = (key: string): void => {
    if (selection === undefined) return;
    const keys = new Set(selection.keys);
    if (!keys.delete(key)) keys.add(key);
    selection.onChange(keys);
  };
  const activeRow = rows[active];
  const hasKeys = rows.length > 0 && props.isCovered !== true;
  useShortcut("j", t("table.next"), () => move(1), { isEnabled: hasKeys });
  useShortcut("k", t("table.previous"), () => move(-1), { isEnabled: hasKeys });
  useShortcut("x", t("table.select"), () => activeRow !== undefined && toggle(rowKey(activeRow)), {
    isEnabled: selection !== undefined && hasKeys,
  });
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const columnCount = columns.length + (selection === undefined ? 0 : 1);
  const isAllSelected =
    selection !== undefined && rows.length > 0 && rows.every((row) => selection.keys.has(rowKey(row)));
  return (
    <div>
      {props.rowShortcuts?.map((shortcut) => (
        <KeyOfRow key={shortcut.keys} shortcut={shortcut} row={hasKeys ? activeRow : undefined} />
      ))}
      <Group justify="space-between" mb="xs" gap="xs">
        <Text size="sm" role="status">
          {t(props.totalIsAtLeast === true ? "parts.rowsAtLeast" : "parts.rows", { count: total ?? rows.length })}
        </Text>
        <Group gap="xs">
          {toolbar}
          {controls}
        </Group>
      </Group>
      <div className={classes["scroller"]} ref={scroller} data-density={density}>
        <table className={classes["table"]} aria-label={label} aria-rowcount={(total ?? rows.length) + 1}>
          <Head
            columns={columns}
            selection={selection}
            isAllSelected={isAllSelected}
            onSelectAll={() => selection?.onChange(new Set(isAllSelected ? [] : rows.map(rowKey)))}
          />
          <tbody>
            <Spacer height={before} columns={columnCount} />
            {items.map(({ index, key }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const ownKey = rowKey(row);
              return (
                <Fragment key={key}>
                  <Separator text={separatorAt(index)} columns={columnCount} />
                  <tr
                    data-index={index}
                    aria-rowindex={index + 2}
                    aria-selected={selection?.keys.has(ownKey)}
                    data-open={ownKey === openKey}
                    tabIndex={index === active ? 0 : -1}
                    style={{ height: ROW_HEIGHT[density] }}
                    onFocus={() => setActive(index)}
                    onClick={(event) => isPlainClick(event) && onOpen?.(row)}
                    onKeyDown={(event) => isEnterOnRow(event) && onOpen?.(row)}
                    data-clickable={onOpen !== undefined}
                  >
                    {selection === undefined ? null : (
                      <td className={classes["check"]}>
                        <Checkbox
                          size="xs"
                          aria-label={t("parts.selectRow", { what: rowLabel(row) })}
                          checked={selection.keys.has(ownKey)}
                          onChange={() => toggle(ownKey)}
                        />
                      </td>
                    )}
                    {columns.map((column) => (
                      <td
                        key={column.id}
                        style={{ textAlign: column.align }}
                        data-wide-only={column.isWideOnly}
                        data-pinned={column.isPinned}
                      >
                        {column.cell(row)}
                      </td>
                    ))}
                  </tr>
                </Fragment>
              );
            })}
            <Spacer height={after} columns={columnCount} />
          </tbody>
        </table>
      </div>
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

/** The names of the columns, and the box that selects every row. */
function Head<Row>({
  columns,
  selection,
  isAllSelected,
  onSelectAll,
}: {
  columns: readonly Column<Row>[];
  selection: Selection | undefined;
  isAllSelected: boolean;
  onSelectAll: () => void;
}) {
  const t = useT();
  return (
    <thead>
      <tr aria-rowindex={1}>
        {selection === undefined ? null : (
          <th className={classes["check"]} scope="col">
            <Checkbox
              size="xs"
              aria-label={t("parts.selectAll")}
              checked={isAllSelected}
              indeterminate={!isAllSelected && selection.keys.size > 0}
              onChange={onSelectAll}
            />
          </th>
        )}
        {columns.map((column) => (
          <th
            key={column.id}
            scope="col"
            style={{ width: column.width, textAlign: column.align }}
            data-wide-only={column.isWideOnly}
            data-pinned={column.isPinned}
          >
            {column.header}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** A line across the table, such as the day that begins. */
function Separator({ text, columns }: { text: string | null; columns: number }) {
  if (text === null) return null;
  return (
    <tr className={classes["separator"]} style={{ height: SEPARATOR_HEIGHT }}>
      <th scope="rowgroup" colSpan={columns}>
        {text}
      </th>
    </tr>
  );
}

/** Registers a key for the row that the keyboard is on. */
function KeyOfRow<Row>({ shortcut, row }: { shortcut: RowShortcut<Row>; row: Row | undefined }) {
  const run = (): void => {
    if (row !== undefined) shortcut.run(row);
  };
  useShortcut(shortcut.keys, shortcut.description, run, { isEnabled: row !== undefined });
  return null;
}

/** The height of rows that are not in the page. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

/** The row that the keyboard is on: one of them is in the order of Tab. */
function useActiveRow(
  count: number,
  scroller: React.RefObject<HTMLDivElement | null>,
  scrollTo: (index: number) => void,
): { active: number; move: (by: 1 | -1) => void; setActive: (index: number) => void } {
  const [wanted, setActive] = useState(0);
  const active = Math.min(wanted, Math.max(0, count - 1));
  const focus = (index: number): boolean => {
    const row = scroller.current?.querySelector<HTMLElement>(`tr[data-index="${index}"]`);
    row?.focus();
    return row !== null && row !== undefined;
  };
  const move = (by: 1 | -1): void => {
    const isInside = scroller.current?.contains(document.activeElement) === true;
    const next = isInside ? Math.max(0, Math.min(count - 1, active + by)) : active;
    setActive(next);
    scrollTo(next);
    // A row that was out of sight is in the page after the next frame.
    if (!focus(next)) requestAnimationFrame(() => requestAnimationFrame(() => focus(next)));
  };
  return { active, move, setActive };
}

/** Asks for more when the end comes into sight. */
function useLoadMoreAtEnd<Row>(props: DataTableProps<Row>, lastShown: number): void {
  const { rows, hasMore, isLoadingMore, onLoadMore } = props;
  const isAtEnd = rows.length > 0 && lastShown >= rows.length - 1;
  useEffect(() => {
    if (isAtEnd && hasMore === true && isLoadingMore !== true) onLoadMore?.();
  }, [isAtEnd, hasMore, isLoadingMore, onLoadMore]);
}

function isPlainClick(event: MouseEvent): boolean {
  const isOnControl = event.target instanceof Element && event.target.closest(INTERACTIVE) !== null;
  return !isOnControl && !event.metaKey && !event.ctrlKey && document.getSelection()?.isCollapsed !== false;
}

function isEnterOnRow(event: KeyboardEvent): boolean {
  return event.key === "Enter" && event.target === event.currentTarget;
}
