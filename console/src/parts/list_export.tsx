/** Saves a list as a file: CSV, or NDJSON with one object a line. */
import { useState } from "react";
import { useT } from "../i18n/i18n.ts";
import type { ExportForm } from "./export_button.tsx";
import { EXPORT_TYPES, ExportButton } from "./export_button.tsx";
import { csvText, saveFile } from "./export_file.ts";
import { oneLine } from "./json_format.ts";
import { EXPORTED_ROWS_MAX, readRawRows } from "./paged_rows.ts";
import { toastDone, toastProblem } from "./toast.ts";

type Cells = readonly (string | number | null)[];

/** What is saved, under a name without its ending. `lineOf` is a row's JSON. */
export type ExportedList<Row> = {
  name: string;
  header: readonly string[];
  read: () => Promise<{ rows: readonly Row[]; isCut: boolean }>;
  cellsOf: (row: Row) => Cells;
  lineOf: (row: Row) => string;
};

/** A button with the two forms. */
export function ListExport<Row>({ name, header, read, cellsOf, lineOf }: ExportedList<Row>) {
  const t = useT();
  const [isBusy, setBusy] = useState(false);
  const save = async (form: ExportForm) => {
    setBusy(true);
    try {
      const { rows, isCut } = await read();
      const text = form === "csv" ? csvText(header, rows.map(cellsOf)) : rows.map((row) => `${lineOf(row)}\n`).join("");
      saveFile(`${name}.${form}`, EXPORT_TYPES[form], text);
      if (isCut) toastDone(t("parts.export.limit", { count: EXPORTED_ROWS_MAX }));
    } catch (error) {
      toastProblem(t, error);
    } finally {
      setBusy(false);
    }
  };
  return <ExportButton isBusy={isBusy} onSave={(form) => void save(form)} />;
}

/** The same for a list that the API gives in pages: all of them are read. `readText` gives the text of a page's answer. */
export function PagedExport<Row>({
  name,
  header,
  readText,
  cellsOf,
}: Pick<ExportedList<Row>, "name" | "header" | "cellsOf"> & {
  readText: (cursor: string | null) => Promise<string>;
}) {
  return (
    <ListExport
      name={name}
      header={header}
      read={() => readRawRows(readText)}
      cellsOf={(text) => cellsOf(JSON.parse(text) as Row)} // the server answers by its document
      lineOf={oneLine}
    />
  );
}
