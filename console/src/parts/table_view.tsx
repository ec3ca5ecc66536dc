/** The table of a list in its scroller: only the rows in sight are in the page, and what scrolls renders nothing else. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { Fragment, useCallback, useEffect, useRef, useState } from "react";
import { useT } from "../i18n/i18n.ts";
import { useShortcut } from "../shell/shortcuts.tsx";
import type { DataTableProps } from "./data_table.tsx";
import { useStableCallback } from "./stable_callback.ts";
import { TableHead } from "./table_head.tsx";
import type { Density } from "./table_layout.tsx";
import type { Column } from "./table_row.tsx";
import { TableRow } from "./table_row.tsx";
import classes from "./data_table.module.css";

const ROW_HEIGHT: Record<Density, number> = { comfortable: 44, compact: 34 };
const SEPARATOR_HEIGHT = 32;
/** Rows kept ready above and below those in sight. */
const OVERSCAN = 8;
/** More is read when so few rows are left below those in sight: somebody who scrolls on does not wait at the end. */
const AHEAD_ROWS = 50;

/** `columns` are those that are shown. Rows must be newest first and only ever appended, or keyed. */
export function TableView<Row>({
  columns,
  density,
  ...props
}: DataTableProps<Row> & { columns: readonly Column<Row>[]; density: Density }) {
  const { label, rows, rowKey, rowLabel, separatorOf, selection, openKey = null, total = null } = props;
  const t = useT();
  const scroller = useRef<HTMLDivElement>(null);
  const separatorAt = (at: number): string | null => {
    const [row, above] = [rows[at], rows[at - 1]];
    return row === undefined || above === undefined ? null : (separatorOf?.(row, above) ?? null);
  };
  const keyOf = useStableCallback(rowKey);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by what the virtualizer returns
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => ROW_HEIGHT[density] + (separatorAt(at) === null ? 0 : SEPARATOR_HEIGHT),
    overscan: OVERSCAN,
    // Another function has every row measured anew.
    getItemKey: useCallback((at: number) => (rows[at] === undefined ? at : keyOf(rows[at])), [rows, keyOf]),
  });
  useEffect(() => virtual.measure(), [virtual, density, separatorOf]);
  const items = virtual.getVirtualItems();
  const { active, move, setActive } = useActiveRow(rows.length, scroller, (at) => virtual.scrollToIndex(at));
  useLoadMoreNearEnd(props, items.at(-1)?.index ?? -1);

  const { isSelected, someSelected, toggle, selectAll } = useSelection(props);
  const open = useStableCallback((at: number): void => {
    const row = rows[at];
    if (row !== undefined) props.onOpen?.(row);
  });
  const openTab = useStableCallback((at: number): void => {
    const row = rows[at];
    const href = row === undefined ? undefined : props.hrefOf?.(row);
    if (href !== undefined) window.open(href, "_blank", "noopener");
  });
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
  return (
    <>
      {props.rowShortcuts?.map((shortcut) => (
        <KeyOfRow key={shortcut.keys} shortcut={shortcut} row={hasKeys ? activeRow : undefined} />
      ))}
      <div className={classes["scroller"]} ref={scroller} data-density={density}>
        <table className={classes["table"]} aria-label={label} aria-rowcount={(total ?? rows.length) + 1}>
          <TableHead columns={columns} selected={someSelected} onSelectAll={selectAll} />
          <tbody>
            <Spacer height={before} columns={columnCount} />
            {items.map(({ index, key }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const ownKey = rowKey(row);
              return (
                <Fragment key={key}>
                  <Separator text={separatorAt(index)} columns={columnCount} />
                  <TableRow
                    row={row}
                    index={index}
                    rowKey={ownKey}
                    label={rowLabel(row)}
                    columns={columns}
                    height={ROW_HEIGHT[density]}
                    isOpen={ownKey === openKey}
                    isActive={index === active}
                    isSelected={isSelected(ownKey)}
                    isClickable={props.onOpen !== undefined}
                    onOpen={open}
                    onOpenTab={openTab}
                    onFocus={setActive}
                    onToggle={toggle}
                  />
                </Fragment>
              );
            })}
            <Spacer height={after} columns={columnCount} />
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Which rows are selected, and how that is changed; nulls where none can be. */
function useSelection<Row>({ rows, rowKey, selection }: Pick<DataTableProps<Row>, "rows" | "rowKey" | "selection">) {
  const toggle = useStableCallback((key: string): void => {
    if (selection === undefined) return;
    const keys = new Set(selection.keys);
    if (!keys.delete(key)) keys.add(key);
    selection.onChange(keys);
  });
  const isAll = selection !== undefined && rows.length > 0 && rows.every((row) => selection.keys.has(rowKey(row)));
  const selectAll = useStableCallback(() => selection?.onChange(new Set(isAll ? [] : rows.map(rowKey))));
  const someSelected = selection === undefined ? null : isAll ? "all" : selection.keys.size > 0 ? "some" : "none";
  const isSelected = (key: string): boolean | null => (selection === undefined ? null : selection.keys.has(key));
  return { isSelected, someSelected, toggle, selectAll } as const;
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
function KeyOfRow<Row>({
  shortcut,
  row,
}: {
  shortcut: NonNullable<DataTableProps<Row>["rowShortcuts"]>[number];
  row: Row | undefined;
}) {
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

/** Asks for more when the end comes near. */
function useLoadMoreNearEnd<Row>(
  {
    rows,
    hasMore,
    isLoadingMore,
    onLoadMore,
  }: Pick<DataTableProps<Row>, "rows" | "hasMore" | "isLoadingMore" | "onLoadMore">,
  lastShown: number,
): void {
  const isNearEnd = rows.length > 0 && lastShown >= rows.length - 1 - AHEAD_ROWS;
  useEffect(() => {
    if (isNearEnd && hasMore === true && isLoadingMore !== true) onLoadMore?.();
  }, [isNearEnd, hasMore, isLoadingMore, onLoadMore]);
}
