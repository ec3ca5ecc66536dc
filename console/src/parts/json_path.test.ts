import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { prettyJson } from "./json_format.ts";
import { jsonPathAt } from "./json_path.ts";

const TEXT = `{
  "content": {
    "signers": [
      { "signerId": "s-1", "tags": [] },
      { "signerId": "s-2" }
    ],
    "a b": [[1, 2], { "\\u00e9": null }],
    "": true
  },
  "n": 12345678901234567890
}`;

for (const [place, path] of [
  ["{\n", "$"],
  ['"content"', "$.content"],
  ['  "signers"', "$.content.signers"],
  [": [\n", "$.content.signers"],
  ['"s-2"', "$.content.signers[1].signerId"],
  ['{ "signerId": "s-2"', "$.content.signers[1]"],
  ['"tags"', "$.content.signers[0].tags"],
  ["[] }", "$.content.signers[0].tags"],
  ["] },", "$.content.signers[0].tags"],
  ['],\n    "a', "$.content.signers"],
  ["2], {", '$.content["a b"][0][1]'],
  [', { "\\u', '$.content["a b"][0]'],
  ["null", '$.content["a b"][1]["é"]'],
  ["true", '$.content[""]'],
  ['},\n  "n', "$.content"],
  ["1234567890123", "$.n"],
] as const) {
  test(`at ${JSON.stringify(place)} the path is ${path}`, () => {
    const offset = TEXT.indexOf(place);
    assert.ok(offset >= 0, "the place is in the text");
    assert.equal(jsonPathAt(TEXT, offset), path);
  });
}

test("a text that is one value has one path, at its end too", () => {
  assert.equal(jsonPathAt('"a"', 0), "$");
  assert.equal(jsonPathAt("[]", 2), "$");
  assert.equal(jsonPathAt("", 0), "$");
});

/** Every scalar of a value with its path, in the order in which it is written. */
function scalarsOf(value: unknown, path = "$"): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((each, at) => scalarsOf(each, `${path}[${at}]`));
  return Object.entries(value).flatMap(([name, each]) =>
    scalarsOf(each, path + (/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)),
  );
}

test("whatever is written, the end of every scalar has the scalar's path", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = prettyJson(JSON.stringify(value)) ?? "";
      let from = 0;
      for (const [path, scalar] of scalarsOf(value)) {
        const written = JSON.stringify(scalar);
        // Behind the names and scalars before it: the first place with its path that the text is written at.
        let at = text.indexOf(written, from);
        while (at >= 0 && jsonPathAt(text, at) !== path) at = text.indexOf(written, at + 1);
        assert.ok(at >= 0, `${path} in ${text}`);
        from = at;
      }
    }),
  );
});
