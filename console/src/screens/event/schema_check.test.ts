import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileContent } from "../../../../src/domain/catalog_content.ts";
import { DEFAULT_CATALOG } from "../../../../src/domain/catalog_default.ts";
import { CHECKED_FIELDS_MAX, checkSchema } from "./schema_check.ts";

function mismatches(schema: object, value: unknown): Record<string, string> {
  const found = checkSchema(schema, value).flatMap(({ path, mismatch }) =>
    mismatch === null ? [] : [[path, mismatch.kind]],
  );
  return Object.fromEntries(found) as Record<string, string>;
}

const SCHEMA = {
  type: "object",
  required: ["signerId", "status"],
  properties: {
    signerId: { type: "string", description: "The signer.", minLength: 1 },
    status: { enum: ["DONE", "OPEN"] },
    count: { type: "integer", minimum: 1, maximum: 3 },
    tags: { type: ["array", "null"], items: { type: "string", pattern: "^[a-z]+$" }, maxItems: 2 },
    "a/b~c": { type: "boolean" },
  },
};

test("a payload that is as the schema says has no mismatch, and every field of the schema is listed", () => {
  const fields = checkSchema(SCHEMA, { signerId: "s", status: "DONE", count: 3, tags: ["a"], more: 1 });
  assert.deepEqual(
    fields.map(({ path, found, mismatch }) => [path, found, mismatch]),
    [
      ["", "object", null],
      ["/signerId", "string", null],
      ["/status", "string", null],
      ["/count", "number", null],
      ["/tags", "array", null],
      ["/tags/0", "string", null],
      ["/a~1b~0c", null, null],
    ],
  );
});

test("every fault is found at its place", () => {
  assert.deepEqual(mismatches(SCHEMA, { status: "GONE", count: 1.5, tags: ["A", "b", "c"], "a/b~c": "yes" }), {
    "/signerId": "required",
    "/status": "enum",
    "/count": "type",
    "/tags": "maxItems",
    "/tags/0": "pattern",
    "/a~1b~0c": "type",
  });
  assert.deepEqual(mismatches(SCHEMA, { signerId: "", status: "OPEN", count: 9 }), {
    "/signerId": "minLength",
    "/count": "maximum",
  });
  assert.deepEqual(mismatches(SCHEMA, []), { "": "type" });
  assert.deepEqual(mismatches({ type: "object", additionalProperties: false }, { a: 1 }), { "/a": "unknown" });
});

test("names of JavaScript's own are fields like any other", () => {
  const value: unknown = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1}');
  const schema: unknown = JSON.parse(
    '{"type":"object","required":["toString","__proto__"],"additionalProperties":false}',
  );
  assert.deepEqual(mismatches(schema as object, value), { "/toString": "required", "/constructor": "unknown" });
});

test("every sample of the catalogue is as its schema says, and without a required field it is not", () => {
  for (const [topic, { actions }] of Object.entries(DEFAULT_CATALOG.topics)) {
    for (const [action, { content, sample }] of Object.entries(actions)) {
      assert.deepEqual(mismatches(content, sample), {}, `${topic}.${action}`);
      const required = (content["required"] ?? []) as string[];
      for (const name of required) {
        const { [name]: _left, ...rest } = sample as Record<string, unknown>;
        assert.deepEqual(mismatches(content, rest), { [`/${name}`]: "required" });
      }
    }
  }
});

test("whether there is a fault at all is judged as the server judges it", () => {
  const compiled = compileContent(SCHEMA);
  assert.ok(compiled.kind === "ok");
  const value = fc.oneof(
    fc.constantFrom("", "DONE", "a", "A", 0, 2, 2.5, 9, true, null),
    fc.array(fc.constantFrom("a", "B", 1)),
  );
  const payload = fc.dictionary(fc.constantFrom(...Object.keys(SCHEMA.properties), "more"), value);
  fc.assert(
    fc.property(payload, (content) => {
      const isValid = compiled.validate(content).length === 0;
      assert.equal(Object.keys(mismatches(SCHEMA, content)).length === 0, isValid);
    }),
    { numRuns: 500 },
  );
});

test("references are followed, and of several forms the one that fits counts", () => {
  const schema = {
    type: "object",
    properties: {
      one: { $ref: "#/$defs/party" },
      any: { anyOf: [{ type: "null" }, { type: "object", required: ["id"] }, { type: "string", maxLength: 3 }] },
    },
    $defs: { party: { type: "object", required: ["name"], properties: { inner: { $ref: "#/$defs/party" } } } },
  };
  assert.deepEqual(mismatches(schema, { one: { name: 1, inner: { name: 2 } }, any: "abc" }), {});
  assert.deepEqual(mismatches(schema, { one: { inner: {} }, any: 5 }), {
    "/one/name": "required",
    "/one/inner/name": "required",
    "/any": "type",
  });
  assert.deepEqual(mismatches({ $ref: "#" }, { a: 1 }), {});
  assert.deepEqual(mismatches({ $ref: "#/$defs/loop", $defs: { loop: { $ref: "#/$defs/loop" } } }, 1), {});
});

test("a schema of choices within choices is checked in time, however deep the payload is", () => {
  const schema = { anyOf: [{ type: "object", properties: { a: { $ref: "#" } } }, { type: "string" }] };
  const deep = JSON.parse(`${'{"a":'.repeat(64)}1${"}".repeat(64)}`) as unknown;
  const startedAt = performance.now();
  checkSchema(schema, deep);
  assert.ok(performance.now() - startedAt < 1_000);
});

test("no more places are listed than a page can show", () => {
  const schema = { type: "array", items: { type: "number" } };
  const fields = checkSchema(
    schema,
    Array.from({ length: 10_000 }, () => "x"),
  );
  assert.equal(fields.length, CHECKED_FIELDS_MAX);
});
