/** Which values of a content can be searched for: those whose field name ends in `Id`. */

/** So many values of a message are indexed. */
export const SEARCH_VALUES_MAX = 20;
/** Longer values (in UTF-16 units) are not indexed: they are no ids. */
export const SEARCH_VALUE_CHARS_MAX = 255;

/**
 * The string and integer values (as text) of fields whose name ends in `Id`, anywhere in a parsed content, depth-first in
 * document order, each once, the first 20. Integers beyond 2^53 are left out: the parsed copy has lost their digits.
 */
export function searchValues(content: unknown): string[] {
  const found: string[] = [];
  collect(content, found);
  return found;
}

/** Every published message comes by here, so no list of its fields is made. */
function collect(value: unknown, found: string[]): void {
  if (typeof value !== "object" || value === null || found.length === SEARCH_VALUES_MAX) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  const fields = value as { readonly [field: string]: unknown }; // what JSON makes besides lists
  for (const field in fields) {
    const inner = fields[field];
    const text = field.endsWith("Id") ? searchable(inner) : null;
    if (text === null) collect(inner, found);
    else if (found.length < SEARCH_VALUES_MAX && !found.includes(text)) found.push(text);
  }
}

function searchable(value: unknown): string | null {
  if (typeof value === "string") return value !== "" && value.length <= SEARCH_VALUE_CHARS_MAX ? value : null;
  return Number.isSafeInteger(value) ? String(value) : null;
}
