import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptDiff } from "./attempt_diff.ts";
import type { Attempt } from "./event_model.ts";

const FIRST: Attempt = {
  number: 1,
  trigger: "AUTO",
  startedAt: "2026-05-03T12:00:00.000Z",
  durationMs: 12,
  timings: { queuedMs: 3 },
  address: "192.0.2.1",
  request: {
    url: "https://example.com/",
    httpVersion: "1.1",
    headers: [
      ["webhook-id", "evt_1"],
      ["webhook-timestamp", "1"],
    ],
    body: '{"content":{"big":12345678901234567890}}',
  },
  response: {
    status: 503,
    statusText: "Service Unavailable",
    headers: [["content-type", "application/json"]],
    body: '{"error":"down","ticket":1}',
    bodyEncoding: "utf8",
    truncated: false,
  },
  error: { code: "UNEXPECTED_STATUS", message: "no success" },
};

function changes(before: Attempt, after: Attempt): Record<string, string[]> {
  const parts = attemptDiff(before, after).filter(({ isSame }) => !isSame);
  const signs = { removed: "-", added: "+", same: " " };
  return Object.fromEntries(
    parts.map(({ name, lines }) => [
      name,
      lines.filter(({ kind }) => kind !== "same").map(({ kind, text }) => signs[kind] + text.trim()),
    ]),
  );
}

test("an attempt is no different from itself", () => {
  assert.deepEqual(changes(FIRST, FIRST), {});
});

test("only what changed is told, a changed value of JSON as one line", () => {
  const { response } = FIRST;
  assert.ok(response);
  const second: Attempt = {
    ...FIRST,
    number: 2,
    address: "192.0.2.2",
    request: {
      ...FIRST.request,
      headers: [
        ["webhook-id", "evt_1"],
        ["webhook-timestamp", "2"],
      ],
    },
    response: { ...response, body: '{"error":"down","ticket":2}' },
  };
  assert.deepEqual(changes(FIRST, second), {
    target: ["-192.0.2.1", "+192.0.2.2"],
    requestHeaders: ["-webhook-timestamp: 1", "+webhook-timestamp: 2"],
    responseBody: ['-"ticket": 1', '+"ticket": 2'],
  });
});

test("an attempt that was not answered differs from one that was", () => {
  const { response: _response, ...unanswered } = { ...FIRST, error: { code: "TIMEOUT_RESPONSE", message: "too late" } };
  assert.deepEqual(Object.keys(changes(unanswered, FIRST)), ["outcome", "responseHeaders", "responseBody"]);
});
