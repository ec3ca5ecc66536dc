/** Saving the events of a filter as a file: page by page, each event as the API gave it, up to a bound. */
import type { ExportForm } from "../../parts/export_button.tsx";
import { csvText } from "../../parts/export_file.ts";
import { oneLine, rawElements, rawMember } from "../../parts/json_format.ts";
import type { ListedEvent } from "../event/event_model.ts";

/** A file beyond it is asked of the API, not of a browser. */
export const EXPORT_ROWS_MAX = 100_000;

/** The columns of a CSV file, named as the API names them. */
const COLUMNS = [
  "_id",
  "status",
  "topic",
  "action",
  "msgNature",
  "webhookId",
  "messageId",
  "attemptCount",
  "lastCode",
  "lastDurationMs",
  "nextAttemptAt",
  "isTest",
  "_createdAt",
  "_updatedAt",
] as const;

/** What came of an export. `isCut`: there were more events than the bound. */
export type Exported = { parts: string[]; count: number; isCut: boolean };

/** Reads everything. `readText` gives the text of a page's answer; throws what it throws, also when `signal` is aborted. */
export async function exportRows(
  form: ExportForm,
  {
    readText,
    onProgress,
    signal,
    rowsMax = EXPORT_ROWS_MAX,
  }: {
    readText: (cursor: string | null) => Promise<string>;
    onProgress: (count: number) => void;
    signal: AbortSignal;
    rowsMax?: number;
  },
): Promise<Exported> {
  const parts = form === "csv" ? [`${csvText(COLUMNS, [])}\r\n`] : [];
  let count = 0;
  let cursor: string | null = null;
  let isCut = false;
  do {
    signal.throwIfAborted();
    const text: string = await readText(cursor);
    const all = rawElements(rawMember(text, "events") ?? "[]");
    const events = all.slice(0, rowsMax - count);
    if (events.length > 0) parts.push(form === "csv" ? csvRows(events) : `${events.map(oneLine).join("\n")}\n`);
    count += events.length;
    onProgress(count);
    cursor = JSON.parse(rawMember(text, "nextCursor") ?? "null") as string | null; // a cursor, or null at the end
    isCut = events.length < all.length || cursor !== null;
  } while (cursor !== null && count < rowsMax);
  return { parts, count, isCut };
}

function csvRows(events: readonly string[]): string {
  const rows = events.map((text) => {
    const event = JSON.parse(text) as ListedEvent; // an element of the answer's `events`
    return COLUMNS.map((name) => cellOf(event[name]));
  });
  // Behind the line of the header, which is empty here.
  return `${csvText([], rows).slice("\r\n".length)}\r\n`;
}

function cellOf(value: string | number | boolean | null | undefined): string | number | null {
  return typeof value === "boolean" ? String(value) : (value ?? null);
}
