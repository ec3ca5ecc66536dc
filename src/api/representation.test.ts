import { test } from "node:test";
import assert from "node:assert/strict";
import type { EventId, MessageId, WebhookId, WorkerId } from "../ids.ts";
import type { StoredAttempt, StoredEvent, StoredMessage } from "../store/history.ts";
import { eventJson, messageJson } from "./representation.ts";

const ODD = '{ "b" :1,"a":12345678901234567890,"a":2,"s":"\\u0000\\ud800" }';

const EVENT: StoredEvent = {
  id: "evt_1" as EventId,
  webhookId: "whk_1" as WebhookId,
  messageId: "msg_1" as MessageId,
  tenant: 1,
  appId: "appId_1",
  appEnv: "TEST",
  topic: "SIGNER",
  action: "CREATED",
  msgNature: "SUCCESS",
  content: ODD,
  contentBytes: ODD.length,
  error: null,
  isTest: false,
  status: "PENDING",
  attemptCount: 0,
  retriesUsed: 0,
  nextAttemptAt: 0,
  lastCode: null,
  lastDurationMs: null,
  response: null,
  createdAt: 0,
  updatedAt: 1,
};

const ATTEMPT: StoredAttempt = {
  number: 1,
  trigger: "AUTO",
  triggeredBy: null,
  workerId: null,
  startedAt: 5,
  durationMs: 7.5,
  timings: { queuedMs: 1, dnsMs: null, connectMs: 0, tlsMs: null, firstByteMs: null, bodyMs: null },
  address: null,
  tls: null,
  tokenConsumedAt: null,
  url: "https://example.com/",
  requestHeaders: [],
  response: null,
  failure: { code: "ABANDONED", message: "m" },
};

/** The attempt as shown, with this response body. */
function shownBody(body: Uint8Array, isTruncated: boolean): { body: string; bodyEncoding: string; truncated: boolean } {
  const response = { status: 200, statusText: "OK", headers: [], body, isTruncated, bodyError: null };
  const text = eventJson(EVENT, [{ ...ATTEMPT, response, failure: null }]);
  return (
    (JSON.parse(text) as { attempts: { response: ReturnType<typeof shownBody> }[] }).attempts[0]?.response ??
    assert.fail()
  );
}

test("content and error stand in an event as they were published", () => {
  const text = eventJson({ ...EVENT, error: '{"errorCode": "E"}' });
  assert.ok(text.includes(`"msgNature":"SUCCESS","content":${ODD},"error":{"errorCode": "E"},"isTest":false`));
  JSON.parse(text);
});

test("what there is not is left out, and a content that is not there is null with its size", () => {
  const shown = JSON.parse(eventJson({ ...EVENT, content: null, contentBytes: 5_000 })) as Record<string, unknown>;
  assert.deepEqual([shown["content"], shown["contentBytes"]], [null, 5_000]);
  for (const absent of ["error", "lastCode", "response", "lastDurationMs", "attempts"])
    assert.equal(absent in shown, false, absent);
  assert.equal("contentBytes" in (JSON.parse(eventJson(EVENT)) as object), false);
  assert.equal(shown["nextAttemptAt"], "1970-01-01T00:00:00.000Z");
});

test("an attempt has the times it measured, zero included, and the body that was sent with its token masked", () => {
  const { attempts } = JSON.parse(eventJson(EVENT, [ATTEMPT])) as { attempts: Record<string, unknown>[] };
  const head = '{"appId":"appId_1","appEnv":"TEST","topic":"SIGNER","action":"CREATED","msgNature":"SUCCESS"';
  const body = `${head},"content":${ODD},"verificationToken":"wvt_***"}`;
  assert.deepEqual(attempts, [
    {
      number: 1,
      trigger: "AUTO",
      startedAt: "1970-01-01T00:00:00.005Z",
      durationMs: 7.5,
      timings: { queuedMs: 1, connectMs: 0 },
      request: { url: "https://example.com/", httpVersion: "1.1", headers: [], body },
      error: { code: "ABANDONED", message: "m" },
    },
  ]);
});

test("an attempt tells its worker where that is known", () => {
  const workerId = "wrk_1" as WorkerId;
  const { attempts } = JSON.parse(eventJson(EVENT, [ATTEMPT, { ...ATTEMPT, workerId }])) as { attempts: object[] };
  assert.deepEqual(
    attempts.map((attempt) => ("workerId" in attempt ? attempt.workerId : "absent")),
    ["absent", "wrk_1"],
  );
});

test("a response body is text where it is UTF-8, and base64 otherwise", () => {
  assert.deepEqual(shownBody(Buffer.from("\ufeffé"), false), {
    status: 200,
    statusText: "OK",
    headers: [],
    body: "\ufeffé",
    bodyEncoding: "utf8",
    truncated: false,
  });
  assert.equal(shownBody(Buffer.from([0xff]), false).bodyEncoding, "base64");
  assert.equal(shownBody(Buffer.from([0xff]), true).bodyEncoding, "base64");
});

test("a character that the capture cut in two is left out, but only there", () => {
  const cut = Buffer.from("aé").subarray(0, 2);
  assert.deepEqual([shownBody(cut, true).body, shownBody(cut, true).bodyEncoding], ["a", "utf8"]);
  assert.equal(shownBody(cut, false).bodyEncoding, "base64");
});

test("a message names its events with their status", () => {
  const { webhookId, messageId, nextAttemptAt, ...rest } = EVENT;
  const events = [{ id: EVENT.id, webhookId, status: "FAILED" as const }];
  const message: StoredMessage = { ...rest, id: messageId, idempotencyKey: "k", events };
  const shown = JSON.parse(messageJson(message)) as Record<string, unknown>;
  assert.deepEqual(shown["events"], [{ _id: "evt_1", webhookId: "whk_1", status: "FAILED" }]);
  assert.deepEqual([shown["_id"], shown["idempotencyKey"], nextAttemptAt], ["msg_1", "k", 0]);
});
