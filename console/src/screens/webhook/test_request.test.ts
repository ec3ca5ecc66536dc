import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contentFault, fieldHints, requestText, testCallBody } from "./test_request.ts";

const SCHEMA = {
  type: "object",
  required: ["signerId", "count"],
  properties: {
    signerId: { type: "string" },
    count: { type: "integer" },
    note: { type: ["string", "null"] },
    documents: { type: "array" },
  },
};

test("a content is the text of a JSON object and nothing else", () => {
  assert.equal(contentFault(' {"a":1} '), null);
  assert.equal(contentFault("[]")?.kind, "notObject");
  assert.equal(contentFault("null")?.kind, "notObject");
  assert.equal(contentFault("{'a':1}")?.kind, "notJson");
});

test("fields are told as fitting, missing or of another type", () => {
  const states = (text: string) => Object.fromEntries(fieldHints(SCHEMA, text).map(({ name, state }) => [name, state]));
  const fitting = { signerId: "fits", count: "fits", note: "fits", documents: "fits" };
  assert.deepEqual(states('{"signerId":"s","count":1,"note":null}'), fitting);
  const wrong = { signerId: "mismatch", count: "mismatch", note: "mismatch", documents: "mismatch" };
  assert.deepEqual(states('{"signerId":1,"count":1.5,"note":2,"documents":{}}'), wrong);
  assert.deepEqual(states("not json"), { signerId: "missing", count: "missing", note: "fits", documents: "fits" });
  assert.deepEqual(fieldHints({}, "{}"), []);
});

test("a field is looked for on the content itself, not on what every object inherits", () => {
  const schema = { properties: { constructor: { type: "string" } }, required: ["constructor"] };
  assert.equal(fieldHints(schema, "{}")[0]?.state, "missing");
});

test("any content goes into the call and the preview with its own digits and order", () => {
  const request = {
    url: "https://a.example/hook?x=1",
    appId: "appId_1",
    appEnv: "TEST" as const,
    msgNature: "SUCCESS",
    topic: "SIGNER",
    action: "CREATED",
    headerNames: ["x-team"],
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.bigInt(), (value, big) => {
      const content = `{"big":${big},"rest":${JSON.stringify(value)}}`;
      const body = testCallBody({ topic: "SIGNER", action: "CREATED", content });
      assert.ok(body.includes(content));
      assert.deepEqual(JSON.parse(body), { topic: "SIGNER", action: "CREATED", content: JSON.parse(content) });
      const text = requestText({ ...request, content });
      assert.ok(text.startsWith("POST /hook?x=1 HTTP/1.1\nhost: a.example\n") && text.includes(content));
      assert.ok(text.includes("x-team: ***"));
    }),
  );
});
