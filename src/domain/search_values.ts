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
  const found = new Set<string>();
  collect(content, found);
  return [...found];
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const isList = Array.isArray(value);
  for (const [field, inner] of Object.entries(value)) {
    if (found.size === SEARCH_VALUES_MAX) return;
    const text = isList || !field.endsWith("Id") ? null : searchable(inner);
    if (text === null) collect(inner, found);
    else found.add(text);
  }
}

function searchable(value: unknown): string | null {
  if (typeof value === "string") return value !== "" && value.length <= SEARCH_VALUE_CHARS_MAX ? value : null;
  return Number.isSafeInteger(value) ? String(value) : null;
}
