import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isJson, prettyJson, oneLine, rawElements, rawMember } from "./json_format.ts";

/** JSON as others write it: any spacing, numbers and escapes that JavaScript would write otherwise, repeated keys. */
const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/);
const number = fc.oneof(
  fc.constantFrom("12345678901234567890", "1.0", "-0", "1E400", "0.10", "1e-7", "100000000000000000000000.5"),
  fc.integer().map(String),
);
const string = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0041"', '"\\/"', '"__proto__"', '"{[,:]}"', '"\\\\"', '"\\""', '"\u2028\u202E"'),
);
const { json } = fc.letrec<{ json: string; array: string; object: string; member: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(number, string, fc.constantFrom("true", "false", "null")),
    tie("array"),
    tie("object"),
  ),
  array: fc
    .array(fc.tuple(space, tie("json"), space).map((parts) => parts.join("")))
    .map((items) => `[${items.join(",")}]`),
  member: fc
    .tuple(space, string, space, tie("json"), space)
    .map(([a, key, b, value, c]) => `${a}${key}${b}:${value}${c}`),
  object: fc.array(tie("member")).map((members) => `{${members.join(",")}}`),
}));

/** The tokens alone: spaces outside strings left out. */
function tokens(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|[ \n\r\t]+/gs, "$1");
}

test("pretty JSON has the very tokens of the text, however it was written", () => {
  fc.assert(
    fc.property(json, (text) => {
      const pretty = prettyJson(text);
      assert.notEqual(pretty, null);
      assert.equal(tokens(pretty ?? ""), tokens(text));
    }),
  );
});

test("pretty JSON that is made pretty again stays as it is", () => {
  fc.assert(
    fc.property(json, (text) => {
      const pretty = prettyJson(text) ?? "";
      assert.equal(prettyJson(pretty), pretty);
    }),
  );
});

test("JSON that JavaScript wrote is laid out as JavaScript lays it out", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      assert.equal(prettyJson(JSON.stringify(value)), JSON.stringify(value, null, 2));
    }),
  );
});

test("numbers beyond 2^53, repeated keys, escapes and __proto__ survive", () => {
  const text = '{"big":12345678901234567890,"a":1.0,"a":2,"\\u0041":"\\/","__proto__":{}}';
  assert.equal(
    prettyJson(text),
    '{\n  "big": 12345678901234567890,\n  "a": 1.0,\n  "a": 2,\n  "\\u0041": "\\/",\n  "__proto__": {}\n}',
  );
});

test("what is not JSON is not made pretty", () => {
  for (const text of ["", "thank you", "{", '{"a":1}}', "<html>", "[1,]", "\uFEFF{}"]) {
    assert.equal(prettyJson(text), null, text);
    assert.equal(isJson(text), false, text);
  }
});

test("16,000 levels do not grow out of proportion", () => {
  const text = "[".repeat(8_000) + "]".repeat(8_000);
  const pretty = prettyJson(text) ?? "";
  assert.equal(tokens(pretty), text);
  assert.ok(pretty.length < 4_000_000, String(pretty.length));
});

test("5 MB in one line are made pretty before anybody takes the page for frozen", () => {
  const text = JSON.stringify(Array.from({ length: 250_000 }, (_, at) => ({ id: at, name: "x" })));
  const startedAt = performance.now();
  assert.ok(prettyJson(text));
  assert.ok(performance.now() - startedAt < 3_000);
});

test("a member of the outermost object is cut out as it was written, the last of repeated ones", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("content", "error", "a"), json)), space, (members, between) => {
      const text = `${between}{${members.map(([name, value]) => `"${name}"${between}:${between}${value}`).join(`${between},`)}}`;
      const last = members.findLast(([name]) => name === "content");
      assert.equal(rawMember(text, "content"), last?.[1] ?? null);
    }),
  );
  assert.equal(rawMember('{"inner":{"content":1}}', "content"), null);
  assert.equal(rawMember('{"conten\\u0074": 1.0 }', "content"), "1.0");
  assert.equal(rawMember("[1]", "content"), null);
});

test("the elements of an array are cut out as they were written", () => {
  fc.assert(
    fc.property(fc.array(json), space, (elements, between) => {
      assert.deepEqual(rawElements(`[${between}${elements.join(`${between},${between}`)}]`), elements);
    }),
  );
  assert.deepEqual(rawElements("{}"), []);
});

test("JSON on one line keeps its digits and its texts", () => {
  const broken = '{\r\n  "total": 12345678901234567890,\n\n  "text": "first\\nsecond"\r}';
  assert.equal(oneLine(broken), '{   "total": 12345678901234567890,   "text": "first\\nsecond" }');
});
