import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatToken } from "../domain/token.ts";
import type { EventId } from "../ids.ts";
import { capturedHeaders, headerValue, maskTokensInBody, safeText } from "./response_capture.ts";

const TOKEN = formatToken(Buffer.alloc(32, 7), {
  tenant: 1,
  eventId: `evt_${"a".repeat(27)}` as EventId,
  attempt: 3,
  issuedAt: 1_700_000_000_000,
});

test("tokens in a body are masked, each of them, and nothing else changes", () => {
  assert.equal(maskTokensInBody(`{"a":"${TOKEN}","b":"${TOKEN}","c":1}`), '{"a":"wvt_***","b":"wvt_***","c":1}');
});

test("a token that the end of the body cuts off is masked, wherever it is cut", () => {
  for (let chars = 4; chars <= TOKEN.length; chars++) {
    assert.equal(maskTokensInBody(`x=${TOKEN.slice(0, chars)}`), "x=wvt_***", String(chars));
  }
});

test("bytes that are no text stay as they are around a token", () => {
  assert.equal(maskTokensInBody(`\xff\x00\x80${TOKEN}\xfe`), "\xff\x00\x80wvt_***\xfe");
});

test("a body without a token is the very same", () => {
  const body = "no token, though wv and wvt are here";

  assert.equal(maskTokensInBody(body), body);
});

test("no body lets a token through", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
      const body = Buffer.concat([before, Buffer.from(TOKEN), after]).toString("latin1");
      assert.ok(!maskTokensInBody(body).includes(TOKEN.slice(4, 40)));
    }),
  );
});

test("headers are pairs in their order, repeated ones and odd names kept, tokens masked", () => {
  assert.deepEqual(capturedHeaders(["X-A", "1", "x-a", TOKEN, TOKEN, "2", "__proto__", "p", "constructor", "c"]), [
    ["X-A", "1"],
    ["x-a", "wvt_***"],
    ["wvt_***", "2"],
    ["__proto__", "p"],
    ["constructor", "c"],
  ]);
});

test("a token is masked in the name of a header, too", () => {
  assert.deepEqual(capturedHeaders([TOKEN, "1", `x-${TOKEN}`, TOKEN]), [
    ["wvt_***", "1"],
    ["x-wvt_***", "wvt_***"],
  ]);
});

test("text of a receiver is UTF-8 where it is valid, and U+FFFD where not; controls are replaced", () => {
  assert.equal(safeText("plain\ttext"), "plain\ttext");
  assert.equal(safeText(Buffer.from("né").toString("latin1")), "né");
  assert.equal(safeText("n\xe9"), "n\ufffd");
  assert.equal(safeText("a\u0000\u001b[31m\u007f"), "a\ufffd\ufffd[31m\ufffd");
});

test("a header is found by its lower-case name, whatever its spelling", () => {
  const headers = capturedHeaders(["Retry-After", "5", "retry-after", "6"]);

  assert.equal(headerValue(headers, "retry-after"), "5");
  assert.equal(headerValue(headers, "retry-afte"), null);
});
