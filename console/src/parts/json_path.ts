/** Where in a JSON text a place is, as a path such as `$.content.signers[0].signerId` (RFC 9535). */
import { isJson, isPunctuation, isSpace, scalarEnd } from "./json_format.ts";

/** An object or array that the place is inside of; `at`: the member's name, null before the first, or the element's number. */
type Level = { at: string | null } | { at: number };

/**
 * The path of the value at `offset`. A name, its colon and the comma behind a value belong to the value, a bracket to what it
 * opens or closes, and the space before something to that, where it is on the same line. `$` where the text is no JSON.
 */
export function jsonPathAt(text: string, offset: number): string {
  if (!isJson(text)) return "$";
  const place = behindIndent(text, offset);
  const levels: Level[] = [];
  let path = "$";
  let isName = false;
  for (let at = 0; at <= place && at < text.length;) {
    const char = text[at] ?? "";
    if (isSpace(char)) {
      at++;
      continue;
    }
    if (char === "}" || char === "]") levels.pop();
    const end = isPunctuation(char) ? at + 1 : scalarEnd(text, at);
    const level = levels.at(-1);
    if (isName && char === '"' && level !== undefined) level.at = String(JSON.parse(text.slice(at, end)));
    path = pathOf(levels);
    if (char === "{") levels.push({ at: null });
    if (char === "[") levels.push({ at: 0 });
    if (char === "," && typeof level?.at === "number") level.at++;
    isName = char === "{" || (char === "," && typeof level?.at !== "number");
    at = end;
  }
  return path;
}

/** The first thing after the space at `offset` on its line; `offset` where there is none. */
function behindIndent(text: string, offset: number): number {
  let at = offset;
  while (text[at] === " " || text[at] === "\t") at++;
  return at >= text.length || text[at] === "\n" || text[at] === "\r" ? offset : at;
}

function pathOf(levels: readonly Level[]): string {
  const steps = levels.map(({ at }) => {
    if (at === null) return "";
    if (typeof at === "number") return `[${at}]`;
    return /^[A-Za-z_]\w*$/.test(at) ? `.${at}` : `[${JSON.stringify(at)}]`;
  });
  return `$${steps.join("")}`;
}
