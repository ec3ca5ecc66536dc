import { equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { isSentBody } from "./received_body.ts";

const CONTENT = `{"signerId":"é\\"}","big":12345678901234567890,"list":[{"content":1},":,"],"none":{}}`;
const BODY = [
  `{"appId":"appId_1","appEnv":"TEST","topic":"SIGNER","action":"CREATED","msgNature":"SUCCESS"`,
  `"content":${CONTENT}`,
  `"error":{"errorCode":"E","context":{"content":2}}`,
  `"verificationToken":"wvt_x"}`,
].join(",");
const SENT = { topic: "SIGNER", action: "CREATED", contentSha256: sha256(CONTENT) };

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

test("a body as it was sent fits, as text and as bytes, whatever stands around its content", () => {
  equal(isSentBody(BODY, SENT), true);
  equal(isSentBody(Buffer.from(BODY), SENT), true);
  equal(isSentBody(new Uint8Array(Buffer.from(BODY)), SENT), true);
  equal(isSentBody(BODY.replace(`"content":${CONTENT}`, ` "content" :\n${CONTENT}\t`), SENT), true);
  equal(
    isSentBody(`{"content":{},"topic":"A","action":"B"}`, { topic: "A", action: "B", contentSha256: sha256("{}") }),
    true,
  );
});

for (const [what, body] of [
  ["one byte of the content", BODY.replace("é", "è")],
  ["a number that is too big for a parser to tell", BODY.replace("567890,", "567891,")],
  ["the order of its fields", BODY.replace('{"signerId"', '{"none":{},"signerId"')],
  ["its topic", BODY.replace('"SIGNER"', '"APP"')],
  ["its action", BODY.replace('"CREATED"', '"CLAIM_UPDATED"')],
  ["a second content", BODY.replace('"error"', '"content":{"forged":1},"error"')],
  ["a second content before it", BODY.replace('"topic"', '"content":{"forged":1},"topic"')],
  ["a second content in other letters", BODY.replace('"error"', '"c\\u006fntent":{"forged":1},"error"')],
  ["no content", `{"topic":"SIGNER","action":"CREATED"}`],
  ["content that is deeper inside alone", `{"topic":"SIGNER","action":"CREATED","x":{"content":${CONTENT}}}`],
  ["no JSON", BODY.slice(0, -1)],
  ["no object", "null"],
  ["a list", `[${BODY}]`],
] as const) {
  test(`a body with ${what} does not fit`, () => equal(isSentBody(body, SENT), false));
}

test("bytes that are no text are not taken for the sign that stands for them", () => {
  const sent = { ...SENT, contentSha256: sha256(`"\ufffd"`) };
  const body = (value: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from(`{"topic":"SIGNER","action":"CREATED","content":"`), value, Buffer.from(`"}`)]);
  equal(isSentBody(body(Buffer.from("\ufffd")), sent), true);
  equal(isSentBody(body(Buffer.of(0xff)), sent), false);
});

test("nothing fits an erased content", () => {
  equal(isSentBody(BODY, { ...SENT, contentSha256: null }), false);
});

test("a body of the largest size, deep and full of escapes, is looked through in time", () => {
  const content = JSON.stringify({ text: '\\"'.repeat(60_000), deep: "[".repeat(60).concat("]".repeat(60)) });
  const body = `{"topic":"SIGNER","action":"CREATED","content":${content}}`;
  const startedAt = performance.now();
  equal(isSentBody(body, { ...SENT, contentSha256: sha256(content) }), true);
  equal(performance.now() - startedAt < 1_000, true);
});
