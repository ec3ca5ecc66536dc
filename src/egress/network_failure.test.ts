import assert from "node:assert/strict";
import { test } from "node:test";
import type { FailureCode } from "../domain/failure.ts";
import type { ExchangePhase } from "./network_failure.ts";
import { errorCodeOf, exchangeFailure, lookupFailure, timeoutFailure } from "./network_failure.ts";

const cases: readonly [errorCode: string, phase: ExchangePhase, code: FailureCode, isOurs?: true][] = [
  ["ECONNREFUSED", "connecting", "CONNECTION_REFUSED"],
  ["ECONNRESET", "connecting", "CONNECTION_RESET"],
  ["ETIMEDOUT", "connecting", "TIMEOUT_CONNECT"],
  ["EHOSTUNREACH", "connecting", "HOST_UNREACHABLE"],
  ["ENETUNREACH", "connecting", "HOST_UNREACHABLE"],
  ["UNKNOWN", "connecting", "CONNECTION_FAILED"],
  ["EMFILE", "connecting", "CONNECTION_FAILED", true],
  ["EADDRNOTAVAIL", "connecting", "CONNECTION_FAILED", true],
  ["ECONNRESET", "handshaking", "TLS_FAILED"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "handshaking", "TLS_FAILED"],
  ["CERT_HAS_EXPIRED", "handshaking", "TLS_EXPIRED"],
  ["CERT_NOT_YET_VALID", "handshaking", "TLS_EXPIRED"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "handshaking", "TLS_WRONG_HOST"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "handshaking", "TLS_SELF_SIGNED"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "handshaking", "TLS_UNKNOWN_ISSUER"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "handshaking", "TLS_UNKNOWN_ISSUER"],
  ["ECONNRESET", "responding", "CONNECTION_RESET"],
  ["EPIPE", "responding", "CONNECTION_RESET"],
  ["ETIMEDOUT", "responding", "CONNECTION_RESET"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "responding", "TLS_FAILED"],
  ["HPE_HEADER_OVERFLOW", "responding", "HEADERS_TOO_LARGE"],
  ["HPE_INVALID_CONSTANT", "responding", "PROTOCOL_ERROR"],
  ["SOMETHING_NEW", "responding", "CONNECTION_FAILED"],
];
for (const [errorCode, phase, code, isOurs] of cases) {
  test(`${errorCode} while ${phase} is ${code}`, () => {
    const { failure, isOurs: actual } = exchangeFailure(errorCode, phase);

    assert.equal(failure.code, code);
    assert.ok(failure.message.endsWith(`(${errorCode})`));
    assert.equal(actual, isOurs ?? false);
  });
}

test("a timeout is of the phase in which it happens", () => {
  assert.equal(timeoutFailure("connecting").failure.code, "TIMEOUT_CONNECT");
  assert.equal(timeoutFailure("handshaking").failure.code, "TIMEOUT_CONNECT");
  assert.equal(timeoutFailure("responding").failure.code, "TIMEOUT_RESPONSE");
});

test("what a name server answers is the endpoint's, what it does not is ours", () => {
  assert.deepEqual(
    [lookupFailure("ENOTFOUND").failure.code, lookupFailure("ENOTFOUND").isOurs],
    ["DNS_NOT_FOUND", false],
  );
  assert.deepEqual(
    [lookupFailure("ECONNREFUSED").failure.code, lookupFailure("ECONNREFUSED").isOurs],
    ["DNS_FAILED", true],
  );
});

test("only a short code is taken from an error", () => {
  assert.equal(errorCodeOf(Object.assign(new Error("x"), { code: "ECONNRESET" })), "ECONNRESET");
  for (const value of [null, "ECONNRESET", new Error("x"), { code: 5 }, { code: "1.2.3.4:80 is gone" }]) {
    assert.equal(errorCodeOf(value), "UNKNOWN");
  }
});
