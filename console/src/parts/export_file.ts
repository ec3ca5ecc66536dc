/** Saves rows as a file: CSV that no spreadsheet takes for formulas, or one JSON object a line. */

/** The text of a CSV file: RFC 4180, with a leading `'` where a cell would be read as a formula. */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n");
}

function csvCell(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Offers the text, or what its parts make together, to the browser as a download. */
export function saveFile(name: string, type: string, content: string | readonly BlobPart[]): void {
  const parts = typeof content === "string" ? [content] : [...content];
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
