/** Values that a JSON Schema allows, and values that are almost so. */
import fc from "fast-check";
import type { FieldValues } from "./field_values.ts";
import { HOSTILE_VALUES } from "./hostile_values.ts";
import type { Schema } from "./reference.ts";

/** Longer arrays and texts are made now and then only, at their very bounds. */
const ITEMS_MAX = 4;
const CHARS_MAX = 24;
const NUMBER_MAX = 1e9;

/** Values that satisfy the schema, mostly ones that mean something where `name` tells. */
export function validValues(schema: Schema, fields: FieldValues, name = ""): fc.Arbitrary<unknown> {
  const usual = fields.of(name);
  const bySchema = ofSchema(schema, fields);
  return usual === null ? bySchema : fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: bySchema });
}

/** The value with one to three of its parts replaced, removed or added to. */
export function almost(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const differences = fc.record({ at: fc.nat(60), how: CHANGES, by: fc.constantFrom(...HOSTILE_VALUES) });
  return fc
    .tuple(values, fc.array(differences, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce<unknown>((soFar, change) => changedAt(soFar, change), value));
}

function ofSchema(schema: Schema, fields: FieldValues): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => ofSchema(one, fields)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const types = [schema.type ?? "any"].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, fields)));
}

function ofType(type: string, schema: Schema, fields: FieldValues): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return integers(schema);
    case "number":
      return fc.double({
        min: schema.minimum ?? schema.exclusiveMinimum ?? -NUMBER_MAX,
        max: schema.maximum ?? NUMBER_MAX,
        noNaN: true,
        minExcluded: schema.exclusiveMinimum !== undefined,
      });
    case "string":
      return texts(schema);
    case "array":
      return arrays(schema, fields);
    case "object":
      return objects(schema, fields);
    case "any":
      return fc.jsonValue({ maxDepth: 2 });
    default:
      throw new Error(`the reference has a type that the fuzzer does not know: ${type}`);
  }
}

function integers({ minimum = -NUMBER_MAX, maximum = NUMBER_MAX, multipleOf = 1 }: Schema): fc.Arbitrary<number> {
  const [least, most] = [Math.ceil(minimum / multipleOf), Math.floor(maximum / multipleOf)];
  return fc
    .oneof(fc.integer({ min: least, max: most }), fc.constantFrom(least, most))
    .map((count) => count * multipleOf);
}

function texts({ pattern, minLength = 0, maxLength = CHARS_MAX }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const short = fc.string({ unit: "binary", minLength, maxLength: Math.min(maxLength, minLength + CHARS_MAX) });
  const longest = fc.constantFrom("x".repeat(maxLength), "é".repeat(maxLength));
  return fc.oneof({ weight: 5, arbitrary: short }, { weight: 1, arbitrary: longest });
}

function arrays(schema: Schema, fields: FieldValues): fc.Arbitrary<unknown[]> {
  const { items = {}, minItems = 0, maxItems = ITEMS_MAX, uniqueItems = false } = schema;
  const item = ofSchema(items, fields);
  const bounds = { minLength: minItems, maxLength: Math.min(maxItems, minItems + ITEMS_MAX) };
  return uniqueItems ? fc.uniqueArray(item, bounds) : fc.array(item, bounds);
}

function objects(schema: Schema, fields: FieldValues): fc.Arbitrary<unknown> {
  const { properties, required = [] } = schema;
  if (properties === undefined) return fc.object({ maxDepth: 2 });
  const parts = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, validValues(part, fields, name)]),
  );
  const made = fc
    .record(parts, { requiredKeys: [...required] })
    // Of many fields a few: all of them at once are rarely right.
    .chain((whole) => fc.tuple(fc.constant(whole), fc.subarray(Object.keys(whole))))
    .map(([whole, kept]) =>
      Object.fromEntries(Object.entries(whole).filter(([name]) => required.includes(name) || kept.includes(name))),
    );
  const isMessage = ["topic", "action", "content"].every((name) => name in properties);
  if (!isMessage) return made;
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(made, fields.messages).map(([rest, message]) => ({ ...rest, ...message })) },
    { weight: 1, arbitrary: made },
  );
}

const CHANGES = fc.constantFrom("replace", "remove", "add", "wrap", "asText", "double");
type Change = { at: number; how: "replace" | "remove" | "add" | "wrap" | "asText" | "double"; by: unknown };

/** The value with the change made at its `at`-th part, counted depth-first and from the start again at the end. */
function changedAt(value: unknown, change: Change): unknown {
  const parts = countParts(value);
  let left = change.at % parts;
  const walk = (part: unknown): unknown => {
    if (left-- === 0) return changed(part, change);
    if (Array.isArray(part)) return part.flatMap((one) => asItems(walk(one)));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).flatMap(([name, one]) => asItems(walk(one)).map((other) => [name, other])),
    );
  };
  const [whole = null] = asItems(walk(value));
  return whole;
}

const REMOVED = Symbol("removed");

function asItems(part: unknown): unknown[] {
  return part === REMOVED ? [] : [part];
}

function changed(part: unknown, { how, by }: Change): unknown {
  switch (how) {
    case "replace":
      return by;
    case "remove":
      return REMOVED;
    case "add":
      if (Array.isArray(part)) return [...part, by];
      return typeof part === "object" && part !== null ? { ...part, [typeof by === "string" ? by : "extra"]: by } : by;
    case "wrap":
      return [part];
    case "asText":
      return JSON.stringify(part);
    case "double":
      return Array.isArray(part) ? [...part, ...part] : typeof part === "string" ? part + part : part;
  }
}

function countParts(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, one) => sum + countParts(one), 1);
}
