/**
 * Why a signature does or does not hold, in words for whoever writes a receiver. Pure; no secret and no token is in what it
 * answers.
 */
import { verify } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { assert } from "../assert.ts";
import { parseEventId } from "../ids.ts";
import { parsePublicKey } from "./key_pair.ts";
import { signaturePart, signingKey } from "./signature.ts";
import { TOKEN_MASK, TOKEN_PATTERN } from "./token.ts";
import type { SignatureVersion } from "./webhook.ts";

/** Receivers refuse a timestamp that is further from their clock than this, in seconds (Standard Webhooks). */
const TIMESTAMP_TOLERANCE_S = 300;
/** A part of each version: canonical base64 of 32 bytes, and of 64. */
const PART: Readonly<Record<SignatureVersion, RegExp>> = {
  v1: /^v1,[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
  v1a: /^v1a,[A-Za-z0-9+/]{85}[AQgw]==$/,
};
/** Receivers look at no header with more parts, and no more are ever sent. */
const PARTS_MAX = 10;
const SHOWN_CHARS_MAX = 32;

/** What a receiver got: three headers and the raw body. */
export type Presented = { id: string; timestamp: string; body: string; signature: string };

/** A secret or public key to check against. `expiresAt` epoch ms; null: it is not rotated away. */
export type KnownSecret = { createdAt: number; expiresAt: number | null } & (
  { version: "v1"; secret: string } | { version: "v1a"; publicKey: string }
);

/** Whether a secret, or the private half of a public key, signed it; without the secret. */
export type SecretMatch = {
  version: SignatureVersion;
  createdAt: number;
  expiresAt: number | null;
  matches: boolean;
};

/** What was really sent under the presented id, where that is known, its token included. */
export type SentAttempt = { timestamp: string; body: string; signature: string };

/** The signed text with its token masked, and which secrets signed it. */
export function matchSecrets(
  presented: Presented,
  secrets: readonly KnownSecret[],
): { signedContent: string; secrets: SecretMatch[] } {
  const signed = `${presented.id}.${presented.timestamp}.${presented.body}`;
  const parts = partsOf(presented.signature).slice(0, PARTS_MAX);
  return {
    signedContent: maskTokens(signed),
    secrets: secrets.map((known) => {
      const { version, createdAt, expiresAt } = known;
      return { version, createdAt, expiresAt, matches: isSignedBy(known, signed, parts) };
    }),
  };
}

/** Whether one of the parts is the signature of the text by this key. */
function isSignedBy(known: KnownSecret, signed: string, parts: readonly string[]): boolean {
  if (known.version === "v1") return parts.includes(signaturePart(signingKey(known.secret), signed));
  const key = parsePublicKey(known.publicKey);
  assert(key !== null, "a stored public key is malformed");
  const bytes = Buffer.from(signed);
  return parts.some((part) => PART.v1a.test(part) && verify(null, bytes, key, Buffer.from(part.slice(4), "base64")));
}

/** Everything that would make a receiver refuse it at `now`, or that tells why; empty when there is nothing. */
export function signatureFaults(
  presented: Presented,
  about: {
    matches: readonly SecretMatch[];
    now: number;
    /** The attempt that was sent with this id, as far as one is known. */
    sent: SentAttempt | null;
    /** Whether the asker may read the event, and so be told where its body differs. */
    mayReadEvent: boolean;
  },
): string[] {
  return [
    ...idFaults(presented.id),
    ...timestampFaults(presented.timestamp, about.now),
    ...signatureFormFaults(presented.signature, about.matches),
    ...matchFaults(about.matches, about.now),
    ...(about.matches.some(({ matches }) => matches) ? [] : differences(presented, about)),
  ];
}

/** The `text` with every token in it masked. */
function maskTokens(text: string): string {
  return text.replaceAll(TOKEN_PATTERN, TOKEN_MASK);
}

/** Of several attempts of one event the one that was presented: by a part of its signature, else by its timestamp. */
export function attemptOf<Sent extends SentAttempt>(presented: Presented, sent: readonly Sent[]): Sent | null {
  const parts = new Set(partsOf(presented.signature));
  const bySignature = sent.find(({ signature }) => partsOf(signature).some((part) => parts.has(part)));
  return bySignature ?? sent.findLast(({ timestamp }) => timestamp === presented.timestamp) ?? null;
}

function partsOf(signature: string): string[] {
  return signature.split(/\s+/).filter((part) => part !== "");
}

function idFaults(id: string): string[] {
  return parseEventId(id) === null ? [`the id is ${shown(id)}, which is no event's: those begin with evt_`] : [];
}

function timestampFaults(text: string, now: number): string[] {
  if (/^\d{13}$/.test(text)) return ["the timestamp has 13 digits, so it is in milliseconds; it is sent in seconds"];
  if (!/^\d{1,12}$/.test(text)) return [`the timestamp is ${shown(text)}; it is sent as whole seconds since 1970`];
  const ageS = Math.floor(now / 1000) - Number(text);
  if (Math.abs(ageS) <= TIMESTAMP_TOLERANCE_S) return [];
  const refusal = `receivers refuse more than ${TIMESTAMP_TOLERANCE_S / 60}`;
  return ageS > 0
    ? [`the timestamp is ${durationWords(ageS)} old; ${refusal} minutes`]
    : [`the timestamp is ${durationWords(-ageS)} ahead of the server's clock; ${refusal} minutes`];
}

/** A webhook without a key pair has never been sent a v1a part, so it is not told of them. */
function signatureFormFaults(signature: string, matches: readonly SecretMatch[]): string[] {
  const parts = partsOf(signature);
  if (parts.length > PARTS_MAX) return [`the signature has ${parts.length} parts; receivers take at most ${PARTS_MAX}`];
  const [v1, v1a] = [parts.filter((part) => part.startsWith("v1,")), parts.filter((part) => part.startsWith("v1a,"))];
  const hasPair = matches.some(({ version }) => version === "v1a");
  if (v1.length === 0 && !hasPair) return ["the signature has no v1 part: one is `v1,` and 44 characters of base64"];
  if (v1.length === 0 && v1a.length === 0) {
    return ["the signature has no v1 or v1a part: one is `v1,` and 44, or `v1a,` and 88 characters of base64"];
  }
  return [
    ...(v1.every((part) => PART.v1.test(part)) ? [] : ["a v1 part of the signature is not base64 of 32 bytes"]),
    ...(!hasPair || v1a.every((part) => PART.v1a.test(part))
      ? []
      : ["a v1a part of the signature is not base64 of 64 bytes"]),
  ];
}

function matchFaults(matches: readonly SecretMatch[], now: number): string[] {
  const matching = matches.filter((secret) => secret.matches);
  if (matching.length === 0) {
    return ["no secret matches: the id, the timestamp or the body is not what was signed, or another secret signed it"];
  }
  const isLive = matching.some(({ expiresAt }) => expiresAt === null || expiresAt > now);
  return isLive
    ? []
    : ["only a secret that has expired since matches: receivers that have the new one alone refuse it"];
}

/** Where it is known what was sent, what differs from it. Tokens are compared, but never shown, not even by a position. */
function differences(
  presented: Presented,
  { sent, mayReadEvent }: { sent: SentAttempt | null; mayReadEvent: boolean },
): string[] {
  if (presented.body.includes(TOKEN_MASK)) {
    return [`the body has ${TOKEN_MASK}, which stands for a token that is not shown; use the body as it was received`];
  }
  if (sent === null) return ["no attempt of this webhook is known that was sent with this id and signature"];
  const faults: string[] = [];
  if (presented.timestamp !== sent.timestamp) faults.push("the timestamp is not the one that was sent");
  if (presented.body !== sent.body) faults.push(bodyDifference(presented.body, sent.body, mayReadEvent));
  if (faults.length === 0) faults.push("the signature is not the one that was sent; timestamp and body are");
  return faults;
}

function bodyDifference(presentedBody: string, sentBody: string, mayReadEvent: boolean): string {
  const [presented, sent] = [maskTokens(presentedBody), maskTokens(sentBody)];
  if (presented === sent) return "the token in the body is not the one that was sent";
  if (isSameJson(presented, sent)) {
    return "the body has the same JSON as the one that was sent, but other bytes: use the raw body, before it is parsed";
  }
  if (!mayReadEvent) return "the body is not the one that was sent";
  return `the body differs from the one that was sent, from character ${firstDifference(presented, sent) + 1} on`;
}

function isSameJson(one: string, other: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

/** Whole minutes up to 2 hours, whole hours up to 2 days, then whole days. */
function durationWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

function shown(text: string): string {
  return text === "" ? "empty" : `\`${text.slice(0, SHOWN_CHARS_MAX)}\``;
}
