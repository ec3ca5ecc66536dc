/** What differs between the values before and after a change, field by field. */

/** One field; null where the side does not have it. `isChanged`: the two differ. */
export type FieldDiff = { field: string; before: string | null; after: string | null; isChanged: boolean };

type Values = Record<string, unknown> | null;

/** Every field of either side: changed ones first, each group in the order in which it stands. */
export function diffValues(before: Values, after: Values): FieldDiff[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const diffs = fields.map((field) => {
    const [old, next] = [textOf(before, field), textOf(after, field)];
    // With one side alone, such as of something new, nothing is compared.
    return { field, before: old, after: next, isChanged: before !== null && after !== null && old !== next };
  });
  return [...diffs.filter(({ isChanged }) => isChanged), ...diffs.filter(({ isChanged }) => !isChanged)];
}

function textOf(values: Values, field: string): string | null {
  if (values === null || !Object.hasOwn(values, field)) return null;
  const value = values[field];
  return typeof value === "string" ? value : JSON.stringify(value);
}
