/** One row of a list. It is rendered anew only when something of it changes: scrolling renders the rows that come in alone. */
import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import { memo } from "react";
import { useT } from "../i18n/i18n.ts";
import { placeOfClick } from "./row_click.ts";
import { RowCheckbox } from "./row_controls.tsx";
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

/** All of it has to stay the same from render to render for a row to be left alone: columns and functions, too. */
type TableRowProps<Row> = {
  row: Row;
  index: number;
  /** The row's own, and what it is called. */
  rowKey: string;
  label: string;
  columns: readonly Column<Row>[];
  height: number;
  isOpen: boolean;
  /** The one that the keyboard is on. */
  isActive: boolean;
  /** Null where rows cannot be selected. */
  isSelected: boolean | null;
  isClickable: boolean;
  onOpen: (index: number) => void;
  /** In a tab of its own, where rows have a page. */
  onOpenTab: (index: number) => void;
  onFocus: (index: number) => void;
  onToggle: (rowKey: string) => void;
};

const INTERACTIVE = "a, button, input, label, select, textarea, time, [role=menuitem]";

function Line<Row>({ row, index, rowKey, columns, isSelected, onOpen, ...rest }: TableRowProps<Row>) {
  const t = useT();
  const press = (event: MouseEvent): void => {
    if (isOnControl(event) || document.getSelection()?.isCollapsed === false) return;
    const place = placeOfClick(event);
    if (place === "here") onOpen(index);
    if (place === "tab") rest.onOpenTab(index);
  };
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={isSelected ?? undefined}
      data-open={rest.isOpen}
      tabIndex={rest.isActive ? 0 : -1}
      style={{ height: rest.height }}
      onFocus={() => rest.onFocus(index)}
      onClick={press}
      onAuxClick={press}
      onKeyDown={(event) => isEnterOnRow(event) && onOpen(index)}
      data-clickable={rest.isClickable}
    >
      {isSelected === null ? null : (
        <td className={classes["check"]}>
          <RowCheckbox
            label={t("parts.selectRow", { what: rest.label })}
            isChecked={isSelected}
            onChange={() => rest.onToggle(rowKey)}
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
  );
}

/** See the head of this file. */
export const TableRow = memo(Line) as typeof Line; // memo forgets that the component is generic

function isOnControl({ target }: MouseEvent): boolean {
  return target instanceof Element && target.closest(INTERACTIVE) !== null;
}

function isEnterOnRow(event: KeyboardEvent): boolean {
  return event.key === "Enter" && event.target === event.currentTarget;
}
