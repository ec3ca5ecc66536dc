/** All rows of a list of the API, page by page, each in the API's own text: numbers beyond 2^53 survive in it. */
import { rawElements, rawMember } from "./json_format.ts";

/** A file beyond it is asked of the API, not of a browser. */
export const EXPORTED_ROWS_MAX = 50_000;
/** As many as the API gives at a time. */
export const EXPORTED_PAGE_ROWS = 100;

/** `isCut`: there were more rows than the bound. */
export type RawRows = { rows: readonly string[]; isCut: boolean };

/** `readText` gives the text of a page's answer, the first one for null. Throws what it throws. */
export async function readRawRows(
  readText: (cursor: string | null) => Promise<string>,
  rowsMax = EXPORTED_ROWS_MAX,
): Promise<RawRows> {
  const rows: string[] = [];
  let cursor: string | null = null;
  do {
    const text: string = await readText(cursor);
    rows.push(...rawElements(rawMember(text, "items") ?? "[]"));
    cursor = JSON.parse(rawMember(text, "nextCursor") ?? "null") as string | null; // a cursor, or null at the end
  } while (cursor !== null && rows.length < rowsMax);
  return { rows: rows.slice(0, rowsMax), isCut: cursor !== null || rows.length > rowsMax };
}
