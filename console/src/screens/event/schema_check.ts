/**
 * Whether a payload is as the catalogue says: a check of the keywords of JSON Schema that catalogues use. Every field of the
 * schema is listed with what was found, so that one sees what fits, too. Where a schema leaves a choice, the first form that
 * fits counts; keywords that are not known here are left alone.
 */

/** A schema as plain JSON. */
type Schema = { readonly [keyword: string]: unknown };

/** What is wrong with a value. `expected` is a type, a list of values, a number or a pattern. */
export type Mismatch =
  | { kind: "type" | "enum" | "pattern"; expected: string }
  | { kind: "minLength" | "maxLength" | "minimum" | "maximum" | "minItems" | "maxItems"; expected: string }
  | { kind: "required" | "unknown" };

/** One place of the payload. `found`: the type of its value, null where there is none. */
export type CheckedField = {
  /** JSON pointer; empty for the payload itself. */
  path: string;
  /** The type that the schema names; empty where it names none. */
  type: string;
  isRequired: boolean;
  description: string;
  found: string | null;
  mismatch: Mismatch | null;
};

/** So many places are listed: an array of ten thousand must not become as many rows. */
export const CHECKED_FIELDS_MAX = 500;

/** Every place that the schema names, and every one that must not be there. `value` is parsed JSON. */
export function checkSchema(schema: unknown, value: unknown): CheckedField[] {
  const fields: CheckedField[] = [];
  const root = schemaOf(schema);
  const budget = { left: VISITS_MAX };
  visit({ schema: root, root, value, budget, path: "", isRequired: true, isThere: true }, fields);
  return fields.slice(0, CHECKED_FIELDS_MAX);
}

/** So many places are visited: every form of a choice is tried, and inside it every choice again. */
const VISITS_MAX = 20_000;

/** `root` is the whole schema, for references into it; `budget` is common to all places. */
type Place = {
  schema: Schema;
  root: Schema;
  value: unknown;
  budget: { left: number };
  path: string;
  isRequired: boolean;
  isThere: boolean;
};

function visit(given: Place, fields: CheckedField[]): void {
  if (fields.length >= CHECKED_FIELDS_MAX || given.budget.left-- <= 0) return;
  const schema = chosen(given);
  const place = { ...given, schema };
  const { root, value, budget, path, isRequired, isThere } = place;
  fields.push({
    path,
    type: typesOf(schema).join(" | "),
    isRequired,
    description: typeof schema["description"] === "string" ? schema["description"] : "",
    found: isThere ? typeOf(value) : null,
    mismatch: isThere ? mismatchOf(schema, value) : isRequired ? { kind: "required" } : null,
  });
  if (!isThere) return;
  if (isObject(value)) visitMembers(place, value, fields);
  else if (Array.isArray(value) && schema["items"] !== undefined) {
    const items = schemaOf(schema["items"]);
    value.forEach((item: unknown, at) =>
      visit(
        { schema: items, root, value: item, budget, path: `${path}/${at}`, isRequired: false, isThere: true },
        fields,
      ),
    );
  }
}

/** So many references are followed, and choices taken, at one place: a schema may refer to itself. */
const STEPS_MAX = 8;

/** The schema that counts at a place: behind references, and of several forms the one that fits, or the first. */
function chosen({ schema, root, value, budget, isThere }: Place): Schema {
  let current = schema;
  for (let step = 0; step < STEPS_MAX; step++) {
    const { $ref: reference, anyOf, oneOf, ...beside } = current;
    const forms = anyOf ?? oneOf;
    if (typeof reference === "string") current = { ...beside, ...referred(reference, root) };
    else if (Array.isArray(forms) && isThere) {
      const fitting: unknown = forms.find((form) => fits({ schema: schemaOf(form), root, value, budget }));
      current = { ...beside, ...schemaOf(fitting ?? forms[0]) };
    } else return current;
  }
  return current;
}

function fits(place: Pick<Place, "schema" | "root" | "value" | "budget">): boolean {
  const fields: CheckedField[] = [];
  visit({ ...place, path: "", isRequired: true, isThere: true }, fields);
  return fields.every(({ mismatch }) => mismatch === null);
}

/** What `#/$defs/name` names; nothing where it names nothing, or something elsewhere. */
function referred(reference: string, root: Schema): Schema {
  const names = reference.startsWith("#/") ? reference.slice(2).split("/") : [];
  const target = names.reduce<unknown>((inside, name) => {
    const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
    return isObject(inside) && Object.hasOwn(inside, key) ? inside[key] : undefined;
  }, root);
  return names.length === 0 ? {} : schemaOf(target);
}

function visitMembers(
  { schema, root, budget, path }: Place,
  value: Record<string, unknown>,
  fields: CheckedField[],
): void {
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const properties = new Map(Object.entries(schemaOf(schema["properties"])));
  const names = new Set([...properties.keys(), ...[...required].map(String)]);
  for (const name of names) {
    const isThere = Object.hasOwn(value, name);
    const member = { value: isThere ? value[name] : undefined, isThere, isRequired: required.has(name) };
    visit({ ...member, schema: schemaOf(properties.get(name)), root, budget, path: pointer(path, name) }, fields);
  }
  if (schema["additionalProperties"] !== false) return;
  for (const [name, own] of Object.entries(value)) {
    if (names.has(name)) continue;
    const field = { type: "", isRequired: false, description: "", found: typeOf(own) };
    fields.push({ ...field, path: pointer(path, name), mismatch: { kind: "unknown" } });
  }
}

function mismatchOf(schema: Schema, value: unknown): Mismatch | null {
  const types = typesOf(schema);
  const isTyped = types.length === 0 || types.some((type) => isOfType(value, type));
  if (!isTyped) return { kind: "type", expected: types.join(" | ") };
  const allowed = "const" in schema ? [schema["const"]] : schema["enum"];
  if (Array.isArray(allowed) && !allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
    return { kind: "enum", expected: allowed.map((one) => JSON.stringify(one)).join(", ") };
  }
  if (typeof value === "string") return textMismatch(schema, value);
  if (typeof value === "number") return bounded(schema, ["minimum", "maximum"], value);
  return Array.isArray(value) ? bounded(schema, ["minItems", "maxItems"], value.length) : null;
}

function textMismatch(schema: Schema, value: string): Mismatch | null {
  const { pattern } = schema;
  if (typeof pattern === "string" && !matches(pattern, value)) return { kind: "pattern", expected: pattern };
  return bounded(schema, ["minLength", "maxLength"], Array.from(value).length);
}

function bounded(
  schema: Schema,
  [least, most]: ["minimum", "maximum"] | ["minLength", "maxLength"] | ["minItems", "maxItems"],
  size: number,
): Mismatch | null {
  const [lowest, highest] = [schema[least], schema[most]];
  if (typeof lowest === "number" && size < lowest) return { kind: least, expected: String(lowest) };
  return typeof highest === "number" && size > highest ? { kind: most, expected: String(highest) } : null;
}

/** A pattern that this engine does not know refuses nothing. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}

function typesOf({ type }: Schema): string[] {
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.map(String) : [];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  return type === "number" ? typeof value === "number" : typeOf(value) === type;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function schemaOf(schema: unknown): Schema {
  return isObject(schema) ? schema : {};
}

function pointer(path: string, name: string): string {
  return `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
