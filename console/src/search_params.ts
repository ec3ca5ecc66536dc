/** What stands in the address after `?`: plain texts, so that addresses stay readable and can be shared. */

/** The address's search as an object of texts; of repeated names the last counts. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** The search of an address; texts, numbers and true stay, everything else and what is empty is left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") params.set(name, value);
    else if (typeof value === "number" || value === true) params.set(name, String(value));
  }
  return params.size === 0 ? "" : `?${params}`;
}

/** The value if it is one of `allowed`, else undefined: an address typed by hand never breaks a page. */
export function oneOf<Value extends string>(value: unknown, allowed: readonly Value[]): Value | undefined {
  return allowed.find((candidate) => candidate === value);
}

/** A text of at most `charsMax` characters, or undefined. */
export function textOf(value: unknown, charsMax = 255): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= charsMax ? value : undefined;
}

/** An integer from 1, or undefined. */
export function numberOf(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** An RFC 3339 time as it was written, or undefined. */
export function timeOf(value: unknown): string | undefined {
  const text = textOf(value, 40);
  return text !== undefined && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** An object whose properties that may be undefined are optional instead. */
type Defined<Search> = {
  [Name in keyof Search as undefined extends Search[Name] ? never : Name]: Search[Name];
} & { [Name in keyof Search as undefined extends Search[Name] ? Name : never]?: Exclude<Search[Name], undefined> };

/**
 * What a route makes of its search. Undefined entries stay, since the router lays the answer over what stood in the address:
 * an entry that is left out would come back as it was typed.
 */
export function searchOf<Search extends object>(search: Search): Defined<Search> {
  return search;
}

/** The object without its undefined entries, such as the query of a call. */
export function definedOnly<Search extends object>(search: Search): Defined<Search> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Defined<Search>;
}
