import { equal, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { SignedRequest } from "./signature.ts";
import { verifySignature } from "./signature.ts";

/** The vector that the tests of the Standard Webhooks libraries share. */
const VECTOR = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestampS: 1_614_265_330,
  rawBody: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** The vector's request, verified at its own time, with changes. */
function verify({ headers, ...change }: Partial<SignedRequest> = {}): boolean {
  const { secret, rawBody, timestampS } = VECTOR;
  return verifySignature({ secret, rawBody, nowMs: timestampS * 1000, ...change, headers: headers ?? headersWith({}) });
}

function headersWith(change: { [name: string]: string | string[] | undefined }) {
  return {
    "webhook-id": VECTOR.id,
    "webhook-timestamp": String(VECTOR.timestampS),
    "webhook-signature": VECTOR.signature,
    ...change,
  };
}

function sign(change: { id?: string; timestamp?: string; body?: string | Uint8Array; secret?: string }): string {
  const {
    id = VECTOR.id,
    timestamp = String(VECTOR.timestampS),
    body = VECTOR.rawBody,
    secret = VECTOR.secret,
  } = change;
  const hmac = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
    .update(`${id}.${timestamp}.`)
    .update(body);
  return `v1,${hmac.digest("base64")}`;
}

test("the published reference vector is valid, as text and as bytes, with headers of any form and case", () => {
  equal(verify(), true);
  equal(verify({ rawBody: Buffer.from(VECTOR.rawBody) }), true);
  equal(verify({ headers: new Headers(headersWith({})) }), true);
  equal(verify({ headers: headersWith({ "webhook-id": [VECTOR.id] }) }), true);
  const capitals = Object.entries(headersWith({})).map(([name, value]) => [name.toUpperCase(), value] as const);
  equal(verify({ headers: Object.fromEntries(capitals) }), true);
});

test("another body, id, timestamp, secret or part of a signature is not valid", () => {
  equal(verify({ rawBody: `${VECTOR.rawBody} ` }), false);
  equal(verify({ rawBody: "" }), false);
  equal(verify({ secret: OTHER_SECRET }), false);
  equal(verify({ headers: headersWith({ "webhook-id": "msg_other" }) }), false);
  equal(verify({ headers: headersWith({ "webhook-timestamp": String(VECTOR.timestampS + 1) }) }), false);
  for (const signature of [
    VECTOR.signature.slice(0, -4),
    "v1,",
    "v1",
    "",
    ",",
    VECTOR.signature.replace("v1", "v2"),
    `${VECTOR.signature}=`,
  ]) {
    equal(verify({ headers: headersWith({ "webhook-signature": signature }) }), false, signature);
  }
});

test("a missing, empty or repeated header is not valid", () => {
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    for (const value of [undefined, "", [], ["a", "b"]])
      equal(verify({ headers: headersWith({ [name]: value }) }), false);
  }
  equal(verify({ headers: { ...headersWith({}), "Webhook-Id": VECTOR.id } }), false);
});

test("an empty body with its own signature is valid", () => {
  equal(verify({ rawBody: "", headers: headersWith({ "webhook-signature": sign({ body: "" }) }) }), true);
});

test("a timestamp is valid up to the tolerance on both sides and not one second further", () => {
  const at = (offsetS: number, toleranceS?: number): boolean =>
    verify({ nowMs: (VECTOR.timestampS + offsetS) * 1000, ...(toleranceS === undefined ? {} : { toleranceS }) });
  equal(at(300), true);
  equal(at(301), false);
  equal(at(-300), true);
  equal(at(-301), false);
  equal(at(10, 10), true);
  equal(at(11, 10), false);
});

test("a timestamp that is not 1 to 12 digits is not valid, even when it is signed", () => {
  const written = String(VECTOR.timestampS);
  for (const timestamp of [
    "hello",
    `${written}abc`,
    `${written}.9`,
    `+${written}`,
    ` ${written}`,
    `000${written}`,
    "1e9",
  ]) {
    const headers = headersWith({ "webhook-timestamp": timestamp, "webhook-signature": sign({ timestamp }) });
    equal(verify({ headers }), false, timestamp);
  }
  const timestamp = `00${written}`;
  equal(
    verify({ headers: headersWith({ "webhook-timestamp": timestamp, "webhook-signature": sign({ timestamp }) }) }),
    true,
  );
});

test("an id with a dot is not valid, since another division of the text would have the same signature", () => {
  const id = "msg_a.5";
  equal(verify({ headers: headersWith({ "webhook-id": id, "webhook-signature": sign({ id }) }) }), false);
});

test("one valid signature among others is enough, up to 10 of them and not with 11", () => {
  const decoy = `v1,${Buffer.alloc(32).toString("base64")}`;
  const among = (decoys: number): boolean =>
    verify({
      headers: headersWith({ "webhook-signature": [...Array<string>(decoys).fill(decoy), VECTOR.signature].join(" ") }),
    });
  equal(verify({ headers: headersWith({ "webhook-signature": `v2,abc v1a,xyz ${VECTOR.signature} v1,` }) }), true);
  equal(among(9), true);
  equal(among(10), false);
});

test("during a rotation any of the receiver's secrets verifies", () => {
  equal(verify({ secret: [OTHER_SECRET, VECTOR.secret] }), true);
  equal(verify({ secret: [OTHER_SECRET] }), false);
});

test("bodies that are not UTF-8 are told apart by their bytes", () => {
  const body = Uint8Array.of(0x22, 0xff, 0x22);
  const headers = headersWith({ "webhook-signature": sign({ body }) });
  equal(verify({ rawBody: body, headers }), true);
  equal(verify({ rawBody: Uint8Array.of(0x22, 0xfe, 0x22), headers }), false);
});

test("a secret that is none is the receiver's own mistake and throws", () => {
  const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 1).toString("base64")}`;
  for (const bytes of [24, 64]) equal(verify({ secret: secretOf(bytes) }), false);
  for (const secret of [
    "",
    "whsec_",
    "whsec_AA==",
    secretOf(23),
    secretOf(65),
    VECTOR.secret.slice(6),
    "whsec_%%%",
    [],
  ]) {
    throws(() => verify({ secret }), TypeError, String(secret));
  }
});

test("a parsed body throws, since its bytes are lost", () => {
  throws(() => verify({ rawBody: JSON.parse(VECTOR.rawBody) as string }), /before it is parsed/);
});
