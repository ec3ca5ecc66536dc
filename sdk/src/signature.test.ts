import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { SignedRequest } from "./signature.ts";
import { verifySignature } from "./signature.ts";

/** A request of docs/signature_vectors.json; `now` in seconds, by default the time it was signed at. */
type Vector = {
  name: string;
  id: string;
  timestamp: string;
  body?: string;
  bodyBase64?: string;
  signature: string;
  verifyWith: string[];
  now?: number;
};

const vectors = JSON.parse(readFileSync(new URL("../../docs/signature_vectors.json", import.meta.url), "utf8")) as {
  signed: Vector[];
  accepted: Vector[];
  refused: Vector[];
  keysRefused: string[];
};

/** The vector that the libraries of Standard Webhooks share. */
const SHARED = vectors.signed[0] as Vector; // the tests below fail without it
const [SECRET = ""] = SHARED.verifyWith;
const TIMESTAMP_S = Number(SHARED.timestamp);
const BODY = SHARED.body ?? "";
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

function bodyOf({ body, bodyBase64 }: Vector): string | Uint8Array {
  return body ?? Buffer.from(bodyBase64 ?? "", "base64");
}

function headersOf({ id, timestamp, signature }: Vector): { [name: string]: string } {
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
}

function holds(vector: Vector, secret: string | string[] = vector.verifyWith): boolean {
  const nowMs = (vector.now ?? Number(vector.timestamp)) * 1000;
  return verifySignature({ secret, headers: headersOf(vector), rawBody: bodyOf(vector), nowMs });
}

/** The shared vector's request, verified at its own time, with changes. */
function verify({ headers, ...change }: Partial<SignedRequest> = {}): boolean {
  const request = { secret: SECRET, rawBody: BODY, nowMs: TIMESTAMP_S * 1000, ...change };
  return verifySignature({ ...request, headers: headers ?? headersOf(SHARED) });
}

function headersWith(change: { [name: string]: string | string[] | undefined }) {
  return { ...headersOf(SHARED), ...change };
}

for (const vector of vectors.signed) {
  test(`what the server signs is valid, by each key alone, as text and as bytes: ${vector.name}`, () => {
    ok(vector.verifyWith.length > 0);
    for (const key of vector.verifyWith) equal(holds(vector, key), true);
    equal(holds(vector), true);
    const bytes = Buffer.from(bodyOf(vector)).toString("base64");
    const { body: _, ...rest } = vector;
    equal(holds({ ...rest, bodyBase64: bytes }), true);
  });
}

for (const vector of vectors.accepted) {
  test(`valid: ${vector.name}`, () => equal(holds(vector), true));
}

for (const vector of vectors.refused) {
  test(`not valid: ${vector.name}`, () => equal(holds(vector), false));
}

test("a key that is none is the receiver's own mistake and throws, without telling the key", () => {
  for (const secret of [...vectors.keysRefused, []]) {
    const fails = (): boolean => verify({ secret });
    throws(fails, (error) => {
      ok(error instanceof TypeError, String(secret));
      return secret.length < 8 || !error.message.includes(String(secret));
    });
    throws(() => verify({ secret: [SECRET, ...[secret].flat(), 5 as never] }), TypeError);
  }
});

test("the vectors are there, with both of Standard Webhooks and both versions", () => {
  deepEqual(
    vectors.signed.slice(0, 2).map(({ signature }) => signature.split(",")[0]),
    ["v1", "v1a"],
  );
  ok(vectors.signed.length >= 15 && vectors.accepted.length >= 13 && vectors.refused.length >= 71);
  equal(vectors.keysRefused.length, 15);
});

test("headers can have any form and case", () => {
  equal(verify({ headers: new Headers(headersWith({}) as { [name: string]: string }) }), true);
  equal(verify({ headers: headersWith({ "webhook-id": [SHARED.id] }) }), true);
  const capitals = Object.entries(headersWith({})).map(([name, value]) => [name.toUpperCase(), value] as const);
  equal(verify({ headers: Object.fromEntries(capitals) }), true);
});

test("a missing, empty or repeated header is not valid", () => {
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    for (const value of [undefined, "", [], ["a", "b"]])
      equal(verify({ headers: headersWith({ [name]: value }) }), false);
  }
  equal(verify({ headers: { ...headersWith({}), "Webhook-Id": SHARED.id } }), false);
});

test("the tolerance can be chosen, and is exact to the second on both sides", () => {
  const at = (offsetS: number, toleranceS?: number): boolean =>
    verify({ nowMs: (TIMESTAMP_S + offsetS) * 1000, ...(toleranceS === undefined ? {} : { toleranceS }) });
  for (const [offsetS, isValid] of [
    [300, true],
    [301, false],
    [-300, true],
    [-301, false],
  ] as const) {
    equal(at(offsetS), isValid, String(offsetS));
  }
  equal(at(10, 10), true);
  equal(at(11, 10), false);
  equal(at(-11, 10), false);
});

test("a tolerance or clock that is no number throws, since every age would pass", () => {
  for (const wrong of [Number.NaN, "300" as never, -1]) {
    throws(() => verify({ toleranceS: wrong }), TypeError, String(wrong));
    throws(() => verify({ nowMs: wrong }), TypeError, String(wrong));
  }
  throws(() => verify({ nowMs: Number.POSITIVE_INFINITY }), TypeError);
  equal(verify({ toleranceS: Number.POSITIVE_INFINITY, nowMs: 0 }), true);
});

test("secrets of 24 and of 64 bytes are taken, and one that fits is enough among several", () => {
  for (const bytes of [24, 64]) {
    const secret = `whsec_${Buffer.alloc(bytes, 1).toString("base64")}`;
    const key = Buffer.alloc(bytes, 1);
    const digest = createHmac("sha256", key).update(`${SHARED.id}.${SHARED.timestamp}.${BODY}`).digest("base64");
    equal(verify({ secret, headers: headersWith({ "webhook-signature": `v1,${digest}` }) }), true);
    equal(verify({ secret }), false);
  }
  equal(verify({ secret: [OTHER_SECRET, SECRET] }), true);
  equal(verify({ secret: [OTHER_SECRET] }), false);
});

test("a parsed body throws, since its bytes are lost", () => {
  throws(() => verify({ rawBody: JSON.parse(BODY) as string }), /before it is parsed/);
});
