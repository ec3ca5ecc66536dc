import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeaderPair } from "../domain/values.ts";
import type { HeaderParts } from "./request_headers.ts";
import { customHeaderFault, requestHeaders } from "./request_headers.ts";

const parts: HeaderParts = {
  hostHeader: "example.com:8443",
  userAgent: "Ignisign-Webhooks/1.2.3",
  eventId: "evt_1",
  timestampS: 1_614_265_330,
  signature: "v1,abc v1,def",
  bodyBytes: 42,
  isTest: false,
  customHeaders: [],
};

const OURS: readonly HeaderPair[] = [
  ["host", "example.com:8443"],
  ["content-type", "application/json"],
  ["user-agent", "Ignisign-Webhooks/1.2.3"],
  ["webhook-id", "evt_1"],
  ["webhook-timestamp", "1614265330"],
  ["webhook-signature", "v1,abc v1,def"],
  ["accept-encoding", "identity"],
  ["content-length", "42"],
  ["connection", "keep-alive"],
];

test("our headers are sent and captured in one order", () => {
  const headers = requestHeaders(parts);

  assert.deepEqual(headers, { wire: OURS.flat(), captured: OURS });
});

test("a test event says so", () => {
  const headers = requestHeaders({ ...parts, isTest: true });

  assert.ok("captured" in headers);
  assert.deepEqual(
    headers.captured.filter(([name]) => name === "ignisign-test"),
    [["ignisign-test", "true"]],
  );
});

test("custom headers follow in their order, repeated ones too, and are captured without their values", () => {
  const headers = requestHeaders({
    ...parts,
    customHeaders: [
      ["Authorization", "Bearer secret"],
      ["x-a", ""],
      ["X-A", "two words"],
    ],
  });

  assert.ok("wire" in headers);
  assert.deepEqual(headers.wire.slice(OURS.length * 2), [
    "Authorization",
    "Bearer secret",
    "x-a",
    "",
    "X-A",
    "two words",
  ]);
  assert.deepEqual(headers.captured.slice(OURS.length), [
    ["Authorization", "***"],
    ["x-a", "***"],
    ["X-A", "***"],
  ]);
});

for (const name of [
  "host",
  "Host",
  "Content-Length",
  "content-md5",
  "transfer-encoding",
  "Connection",
  "user-agent",
  "webhook-id",
  "ignisign-x",
  "expect",
  "TE",
]) {
  test(`the name ${name} is reserved`, () => assert.equal(customHeaderFault([name, "a"]), "its name is reserved"));
}

for (const name of ["", "a b", "a:", "a\r\nb", "ä", "a\u0000"]) {
  test(`${JSON.stringify(name)} is no header name`, () =>
    assert.equal(customHeaderFault([name, "a"]), "its name is not a header name"));
}

for (const value of ["a\r\nx-b: c", "a\nb", "a\u0000", "é", "\u2028"]) {
  test(`${JSON.stringify(value)} is no value`, () => {
    assert.match(customHeaderFault(["x-a", value]) ?? "", /value has characters/);
    const headers = requestHeaders({ ...parts, customHeaders: [["x-a", value]] });
    assert.ok("fault" in headers && !headers.fault.includes(value));
  });
}
