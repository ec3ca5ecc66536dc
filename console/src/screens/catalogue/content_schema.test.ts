import assert from "node:assert/strict";
import { stripTypeScriptTypes } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import { DEFAULT_CATALOG } from "../../../../src/domain/catalog_default.ts";
import { fieldRows, typeText } from "./content_schema.ts";

const SCHEMA = {
  type: "object",
  required: ["id", "people"],
  properties: {
    id: { type: "string", description: "Its id.", maxLength: 40, pattern: "^x" },
    people: {
      type: "array",
      minItems: 1,
      items: { type: "object", required: ["name"], properties: { name: { type: ["string", "null"] } } },
    },
    kind: { enum: ["A", "B", null], description: "Ends */ early" },
    parent: { $ref: "#/$defs/node" },
    "odd name": { anyOf: [{ type: "integer" }, { const: "none" }] },
    strict: { type: "object", additionalProperties: false, properties: {} },
  },
  $defs: { node: { type: "object", properties: { parent: { $ref: "#/$defs/node" } } } },
};

test("every field has a row with its place, type, need and limits", () => {
  const rows = fieldRows(SCHEMA);
  const shown = rows.slice(0, 4).map(({ path, type, isRequired, limits }) => [path, type, isRequired, limits.join()]);
  assert.deepEqual(shown, [
    ["id", "string", true, "pattern ^x,maxLength 40"],
    ["people", "object[]", true, "minItems 1"],
    ["people[].name", "string | null", true, ""],
    ["kind", "string | null", false, '"A" | "B" | null'],
  ]);
  assert.equal(rows.find(({ path }) => path === "odd name")?.type, "integer | any");
});

test("a schema that refers to itself is followed to a bounded depth", () => {
  const depths = fieldRows(SCHEMA).map(({ path }) => path.split(".").length);
  assert.equal(Math.max(...depths), 9);
});

test("a schema that refers to itself many times over is cut at 500 fields", () => {
  const node = { $ref: "#/$defs/node" };
  const properties = Object.fromEntries("abcdefghij".split("").map((name) => [name, node]));
  const schema = { type: "object", properties, $defs: { node: { type: "object", properties } } };
  assert.equal(fieldRows(schema).length, 500);
  assert.ok(typeText({ topic: "T", action: "A", description: "", content: schema }).length < 500_000);
});

test("the type says what the schema says, and a description cannot end its comment", () => {
  const text = typeText({ topic: "MY_TOPIC", action: "DONE", description: "It */ is done.", content: SCHEMA });
  assert.match(text, /export type MyTopicDoneContent = \{/);
  assert.match(text, /\n {2}\/\*\* Its id\. \*\/\n {2}id: string;\n/);
  assert.match(text, /\n {2}people: Array<\{\n {4}name: string \| null;/);
  assert.match(text, /\n {2}kind\?: "A" \| "B" \| null;\n/);
  assert.match(text, /\n {2}"odd name"\?: number \| "none";\n/);
  assert.match(text, /\n {2}strict\?: Record<string, never>;\n/);
  assert.match(text, /\n {2}\[field: string\]: unknown;\n/);
  assert.equal(text.match(/\*\//g)?.length, text.match(/\/\*\*/g)?.length, "every comment ends once");
  stripTypeScriptTypes(text);
});

test("the types of the default catalogue are TypeScript, and every sample value has a row", () => {
  for (const [topic, { actions }] of Object.entries(DEFAULT_CATALOG.topics)) {
    for (const [action, { description, content, sample }] of Object.entries(actions)) {
      stripTypeScriptTypes(typeText({ topic, action, description, content }));
      const paths = new Set(fieldRows(content).map(({ path }) => path));
      for (const field of Object.keys(sample)) assert.ok(paths.has(field), `${topic}.${action}: ${field}`);
    }
  }
});

test("whatever stands in place of a schema makes rows and a type, and no exception", () => {
  fc.assert(
    fc.property(fc.object({ key: fc.constantFrom("type", "properties", "items", "$ref", "enum", "a") }), (content) => {
      fieldRows(content);
      stripTypeScriptTypes(typeText({ topic: "T", action: "A", description: "", content }));
    }),
  );
});
