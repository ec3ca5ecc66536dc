/** The names of the columns, and the box that selects every row. */
import { memo } from "react";
import { useT } from "../i18n/i18n.ts";
import { RowCheckbox } from "./row_controls.tsx";
import type { Column } from "./table_row.tsx";
import classes from "./data_table.module.css";

type TableHeadProps<Row> = {
  columns: readonly Column<Row>[];
  /** How many of the rows are selected; null where none can be. */
  selected: "none" | "some" | "all" | null;
  onSelectAll: () => void;
};

function Head<Row>({ columns, selected, onSelectAll }: TableHeadProps<Row>) {
  const t = useT();
  return (
    <thead>
      <tr aria-rowindex={1}>
        {selected === null ? null : (
          <th className={classes["check"]} scope="col">
            <RowCheckbox
              label={t("parts.selectAll")}
              isChecked={selected === "all"}
              isMixed={selected === "some"}
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

/** Rendered anew only when one of its properties changes, as rows are. */
export const TableHead = memo(Head) as typeof Head; // memo forgets that the component is generic
