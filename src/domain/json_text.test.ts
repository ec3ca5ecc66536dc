import { deepEqual, equal, match, throws } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arrayItems, decodeJson, JSON_DEPTH_MAX, objectFields, parseJsonText } from "./json_text.ts";

const encoder = new TextEncoder();
const decode = (text: string) => decodeJson(encoder.encode(text));

function faultOf(text: string): string {
  const decoded = decode(text);
  return decoded.kind === "fault" ? decoded.message : "(no fault)";
}

/** White space as JSON allows it, and strings that resemble JSON. */
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const oddString = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^[\\"{}[\],: ]{0,12}$/),
  fc.constantFrom("__proto__", "constructor", "\u0000", "\ud800"),
);

/** JSON texts with odd white space and with `\u` escapes in place of some characters. */
const oddText: fc.Arbitrary<string> = fc.letrec<{ value: string; scalar: string; text: string }>((tie) => ({
  text: fc.oneof(
    oddString.map((text) => JSON.stringify(text)),
    oddString.map((text) => `"${text.split("").map(unicodeEscape).join("")}"`),
  ),
  scalar: fc.oneof(
    tie("text"),
    fc.constantFrom("null", "true", "false", "0", "-0", "1e5", "-1.50E+3", "12345678901234567890"),
  ),
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    tie("scalar"),
    fc.array(fc.tuple(space, tie("value"), space)).map((items) => `[${items.map((item) => item.join("")).join(",")}]`),
    fc
      .uniqueArray(fc.tuple(space, tie("text"), space, fc.constant(":"), space, tie("value"), space), {
        selector: (field) => JSON.parse(field[1]) as unknown, // JSON.parse of Node 26 may keep the first of repeated keys
      })
      .map((fields) => `{${fields.map((field) => field.join("")).join(",")}}`),
  ),
})).value;

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

test("an object's slices parse to the values of its last fields, and each is without white space around it", () => {
  const field = fc.record({ key: oddString, gaps: fc.tuple(space, space, space, space), value: oddText });
  fc.assert(
    fc.property(fc.array(field), space, (list, edge) => {
      const parts = list.map(
        ({ key, gaps, value }) => gaps[0] + JSON.stringify(key) + gaps[1] + ":" + gaps[2] + value + gaps[3],
      );
      const { fields, repeated } = objectFields(`${edge}{${edge}${parts.join(",")}${edge}}${edge}`);
      const expected = new Map(list.map(({ key, value }) => [key, value]));
      deepEqual([...fields].sort(), [...expected].sort());
      const keys = list.map(({ key }) => key);
      deepEqual(repeated.toSorted(), [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))].sort());
    }),
  );
});

test("joining an array's slices again gives the array, for any items and spacing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(space, oddText, space)), space, (list, edge) => {
      const text = `${edge}[${list.length === 0 ? edge : list.map((item) => item.join("")).join(",")}]${edge}`;
      deepEqual(
        arrayItems(text),
        list.map(([, value]) => value),
      );
    }),
  );
});

test("the slices of any valid object and array parse to what the whole text parses to", () => {
  fc.assert(
    fc.property(oddText, (text) => {
      const whole = JSON.parse(text) as unknown;
      if (Array.isArray(whole))
        deepEqual(
          arrayItems(text).map((item) => JSON.parse(item) as unknown),
          whole,
        );
      else if (typeof whole === "object" && whole !== null) {
        const parsed = [...objectFields(text).fields].map(
          ([key, slice]) => [key, JSON.parse(slice) as unknown] as const,
        );
        deepEqual(Object.fromEntries(parsed), Object.fromEntries(Object.entries(whole)));
      }
    }),
  );
});

test("whatever JSON.parse accepts is decoded unchanged, and what it refuses is a fault with a place inside the text", () => {
  const broken = fc
    .tuple(oddText, fc.nat(), fc.constantFrom("", ",", '"', "}", "]", "\\", "x", "\n", "0", ":"))
    .map(([text, roll, insert]) => {
      const at = roll % (text.length + 1);
      return text.slice(0, at) + insert + text.slice(insert === "" ? at + 1 : at);
    });
  fc.assert(
    fc.property(fc.oneof(oddText, broken), (text) => {
      const decoded = parseJsonText(text);
      try {
        JSON.parse(text);
      } catch {
        const place = /line (\d+), column (\d+)/.exec(decoded.kind === "fault" ? decoded.message : "");
        const line = text.split("\n")[Number(place?.[1]) - 1];
        equal(line !== undefined && Number(place?.[2]) <= line.length + 1, true, `${text}: ${JSON.stringify(decoded)}`);
        return;
      }
      equal(decoded.kind === "ok" && decoded.text === text, true, text);
    }),
    { numRuns: 1000 },
  );
});

test("the refusal of malformed JSON names line, column and a remedy", () => {
  const faults: [text: string, message: RegExp][] = [
    ["{\n  'a': 1}", /line 2, column 3: found "'" where a field name is expected\. Field names stand in double quotes/],
    ['{"a": 1,\n}', /line 2, column 1: found "}" after a comma\. Remove the last comma/],
    ["{\"a\": 'b'}", /line 1, column 7: found "'" where a value is expected\. Strings stand in double quotes/],
    ['{"a": 1', /line 1, column 8: the text ends where "," or "}" is expected\. Send the whole body/],
    ['{"a" 1}', /line 1, column 6: found "1" where ":" is expected/],
    ['["a', /column 4: the text ends inside a string/],
    ['["a\nb"]', /column 4: found "\\n" inside a string\. Escape control characters/],
    ['["\\x"]', /column 3: a backslash that begins no escape/],
    ['{"a": NaN}', /column 7: .*Use null/],
    ['{"a": True}', /column 7: .*lower case/],
    ['{"a": // b\n1}', /column 7: .*no comments/],
    ["[.5]", /column 2: .*Numbers begin with a digit/],
    ["{} {}", /column 4: found "{" after the end of the value/],
    ["[1}", /column 3: found "}" where "," or "]" is expected/],
    ["", /line 1, column 1: it is empty/],
    [" \n ", /line 1, column 1: it is empty/],
  ];
  for (const [text, message] of faults) match(faultOf(text), message);
});

test("a byte order mark and invalid UTF-8 are refused, also right after each other", () => {
  match(faultOf("\ufeff{}"), /byte order mark/);
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc3],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
  ]) {
    deepEqual(decodeJson(Uint8Array.from(bytes)), {
      kind: "fault",
      message: "The body is not valid UTF-8. Send JSON encoded as UTF-8.",
    });
  }
  equal(decode('"é😀"').kind, "ok");
});

test("JSON of the greatest depth is accepted and one level more is refused at the bracket that opens it", () => {
  const nest = (levels: number): string =>
    '{"a":['.repeat(levels / 2) + (levels % 2 === 1 ? "[]" : "") + "]}".repeat(levels / 2);
  equal(decode(nest(JSON_DEPTH_MAX)).kind, "ok");
  match(faultOf(nest(JSON_DEPTH_MAX + 1)), /deeper than 64 levels at line 1, column 193/);
  match(faultOf("[".repeat(200_000)), /deeper than 64 levels at line 1, column 65/);
  equal(decode(`["${"[".repeat(100)}", "\\"${"{".repeat(100)}"]`).kind, "ok", "brackets in strings are no levels");
});

test("keys are decoded, so an escaped spelling of a field is that field and a repetition of it", () => {
  const { fields, repeated } = objectFields(
    '{"\\u0063ontent": {"n":12345678901234567890,"a":1,"a":2}, "content" :"\\u0000" }',
  );
  deepEqual([...fields], [["content", '"\\u0000"']]);
  deepEqual(repeated, ["content"]);
  equal(
    objectFields('{"\\u0063ontent": {"n":12345678901234567890,"a":1,"a":2}}').fields.get("content"),
    '{"n":12345678901234567890,"a":1,"a":2}',
  );
});

test("cutting fields out of what is no object fails loudly", () => {
  throws(() => objectFields("[1]"), /JSON object/);
  throws(() => arrayItems("{}"), /JSON array/);
});
