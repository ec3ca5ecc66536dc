/**
 * The schema of a content, for people: as the rows of a table, and as a type of TypeScript. A catalogue may be the
 * operator's own, so any JSON Schema is taken; what cannot be said in a row or a type is left out, never wrong.
 */

/** A JSON Schema, or a part of it. */
type Schema = { readonly [keyword: string]: unknown };

/** One field. `path` as in `signers.embedded[].id`; `limits` as keywords and values, such as `maxLength 40`. */
export type FieldRow = {
  path: string;
  type: string;
  isRequired: boolean;
  description: string;
  limits: readonly string[];
};

/** A schema that refers to itself ends here. */
const DEPTH_MAX = 8;
/** So many fields are told at most: one that refers to itself often would have millions. */
const FIELDS_MAX = 500;
const LIMITS = [
  "format",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
  "uniqueItems",
] as const;
/** What each type of JSON Schema is in TypeScript; those with an inside are written out before. */
const TS_TYPES: ReadonlyMap<string, string> = new Map([
  ["string", "string"],
  ["number", "number"],
  ["integer", "number"],
  ["boolean", "boolean"],
  ["null", "null"],
]);

/** Every field of a content, each object before what is in it. */
export function fieldRows(schema: unknown): FieldRow[] {
  const root = asSchema(schema);
  return rowsBelow(root, { root, path: "", depth: 0, budget: { left: FIELDS_MAX } });
}

/** How many fields may still be told, wherever they are. */
type Budget = { left: number };

function rowsBelow(schema: Schema, at: { root: Schema; path: string; depth: number; budget: Budget }): FieldRow[] {
  if (at.depth > DEPTH_MAX) return [];
  const required = requiredOf(schema);
  return Object.entries(asSchema(schema["properties"])).flatMap(([name, value]) => {
    if (at.budget.left-- <= 0) return [];
    const field = resolved(value, at.root);
    const path = at.path === "" ? name : `${at.path}.${name}`;
    const row: FieldRow = {
      path,
      type: typeWord(field, at.root),
      isRequired: required.has(name),
      description: textOf(asSchema(value)["description"]) || textOf(field["description"]),
      limits: limitsOf(field),
    };
    const { place, inner } = innermost(field, at.root, path);
    return [row, ...rowsBelow(inner, { ...at, path: place, depth: at.depth + 1 })];
  });
}

/** Through arrays of arrays to what they hold in the end. */
function innermost(schema: Schema, root: Schema, path: string): { place: string; inner: Schema } {
  let [place, inner] = [path, schema];
  for (let depth = 0; depth < DEPTH_MAX && isObject(inner["items"]); depth++) {
    inner = resolved(inner["items"], root);
    place += "[]";
  }
  return { place, inner };
}

function limitsOf(schema: Schema): string[] {
  const values = Array.isArray(schema["enum"])
    ? [schema["enum"].map((value) => JSON.stringify(value)).join(" | ")]
    : [];
  const constant = "const" in schema ? [JSON.stringify(schema["const"])] : [];
  const others = LIMITS.filter((keyword) => keyword in schema).map(
    (keyword) => `${keyword} ${String(schema[keyword])}`,
  );
  return [...values, ...constant, ...others];
}

/** `string`, `object[]`, `string | null`. */
function typeWord(schema: Schema, root: Schema, depth = 0): string {
  if (depth > DEPTH_MAX) return "any";
  const choices = choicesOf(schema);
  if (choices !== null) return union(choices.map((one) => typeWord(resolved(one, root), root, depth + 1)));
  const { type } = schema;
  if (Array.isArray(type))
    return union(type.map((one) => typeWord({ ...schema, type: one as unknown }, root, depth + 1)));
  if (type === "array" && isObject(schema["items"])) {
    const inner = typeWord(resolved(schema["items"], root), root, depth + 1);
    return inner.includes("|") ? `(${inner})[]` : `${inner}[]`;
  }
  if (typeof type === "string") return type;
  if (Array.isArray(schema["enum"])) return union(schema["enum"].map((value) => jsonType(value)));
  return "properties" in schema ? "object" : "any";
}

/** The type of a content and of the whole body, as a file of TypeScript. */
export function typeText(what: { topic: string; action: string; description: string; content: unknown }): string {
  const { topic, action, description } = what;
  const root = asSchema(what.content);
  const name = [topic, action]
    .flatMap((part) => part.toLowerCase().split(/[^a-z0-9]+/))
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
  const type = tsType(root, { root, indent: "", depth: 0, budget: { left: FIELDS_MAX } });
  return `${comment(description, "")}export type ${name}Content = ${type};

${comment(`The body of a webhook of ${topic}.${action}.`, "")}export type ${name}Payload = {
  appId: string;
  appEnv: "DEVELOPMENT" | "TEST" | "STAGING" | "PRODUCTION";
  topic: ${JSON.stringify(topic)};
  action: ${JSON.stringify(action)};
  msgNature: "SUCCESS" | "WARNING" | "ERROR" | "INFO";
  content: ${name}Content;
  error?: { errorCode: string; message?: string; context?: unknown };
  verificationToken: string;
};
`;
}

function tsType(schema: Schema, at: { root: Schema; indent: string; depth: number; budget: Budget }): string {
  const { root, indent, depth, budget } = at;
  if (depth > DEPTH_MAX || budget.left-- <= 0) return "unknown";
  const below = (value: unknown): string => tsType(resolved(value, root), { ...at, depth: depth + 1 });
  if ("const" in schema) return literalType(schema["const"]);
  if (Array.isArray(schema["enum"])) return union(schema["enum"].map(literalType));
  const choices = choicesOf(schema);
  if (choices !== null) return union(choices.map(below));
  const { type } = schema;
  if (Array.isArray(type)) return union(type.map((one) => below({ ...schema, type: one as unknown })));
  if (type === "array") {
    const inner = isObject(schema["items"]) ? below(schema["items"]) : "unknown";
    return /[|{]/.test(inner) ? `Array<${inner}>` : `${inner}[]`;
  }
  if (type === "object" || "properties" in schema) {
    const required = requiredOf(schema);
    const fields = Object.entries(asSchema(schema["properties"])).map(([name, value]) => {
      const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
      const inner = tsType(resolved(value, root), { root, indent: `${indent}  `, depth: depth + 1, budget });
      const text = textOf(asSchema(value)["description"]);
      return `${comment(text, `${indent}  `)}${indent}  ${key}${required.has(name) ? "" : "?"}: ${inner};\n`;
    });
    const rest = schema["additionalProperties"] === false ? "" : `${indent}  [field: string]: unknown;\n`;
    return fields.length === 0 && rest === "" ? "Record<string, never>" : `{\n${fields.join("")}${rest}${indent}}`;
  }
  return typeof type === "string" ? (TS_TYPES.get(type) ?? "unknown") : "unknown";
}

function comment(text: string, indent: string): string {
  const plain = text.replaceAll("*/", "*\u200B/").replaceAll(/\s+/g, " ").trim();
  return plain === "" ? "" : `${indent}/** ${plain} */\n`;
}

function choicesOf(schema: Schema): readonly unknown[] | null {
  const choices = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(choices) && choices.length > 0 ? choices : null;
}

/** What a reference inside the schema leads to, beside what stands next to it. */
function resolved(value: unknown, root: Schema): Schema {
  let schema = asSchema(value);
  for (let depth = 0; depth < DEPTH_MAX && typeof schema["$ref"] === "string"; depth++) {
    const { $ref: reference, ...beside } = schema;
    const steps = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
    const target = steps.reduce<unknown>((inside, step) => asSchema(inside)[decoded(step)], root);
    schema = { ...asSchema(target), ...beside };
  }
  return schema;
}

function decoded(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(" | ") || "unknown";
}

function literalType(value: unknown): string {
  return value === null || ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : "unknown";
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function requiredOf(schema: Schema): ReadonlySet<unknown> {
  return new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function asSchema(value: unknown): Schema {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
