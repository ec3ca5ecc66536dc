import { test } from "node:test";
import assert from "node:assert/strict";
import { IdMinter, eventIdOf } from "../ids.ts";
import { systemRandom } from "../random.ts";
import { formatPrivateKey, publicKeyOf } from "./key_pair.ts";
import { formatSecret, signatureHeader, signingKey } from "./signature.ts";
import type { KnownSecret, Presented, SentAttempt } from "./signature_check.ts";
import { attemptOf, matchSecrets, signatureFaults } from "./signature_check.ts";
import { formatToken } from "./token.ts";

const NOW = 1_773_144_000_000;
const NOW_S = NOW / 1000;
const id = eventIdOf(new IdMinter(systemRandom).mint("msg", NOW), 1);
const token = (attempt: number): string =>
  formatToken(Buffer.alloc(32, 1), { tenant: 1, eventId: id, attempt, issuedAt: NOW });
const bodyWith = (verificationToken: string): string =>
  `{"content":{"a":1.0},"verificationToken":"${verificationToken}"}`;
const [newer, older, other] = [7, 8, 9].map((byte) => formatSecret(Buffer.alloc(32, byte))) as [string, string, string];

const [newerKey, olderKey] = [7, 8].map((byte) => formatPrivateKey(Buffer.alloc(32, byte))) as [string, string];

function known(secret: string, expiresAt: number | null = null): KnownSecret {
  return { version: "v1", secret, createdAt: 1, expiresAt };
}

function knownPair(privateKey: string, expiresAt: number | null = null): KnownSecret {
  return { version: "v1a", publicKey: publicKeyOf(privateKey), createdAt: 1, expiresAt };
}

/** What was sent, as a receiver gets it. */
function sentWith(secrets: readonly string[], change: Partial<Presented> = {}): Presented {
  const parts = { id, timestamp: String(NOW_S), body: bodyWith(token(1)), ...change };
  const content = { id: parts.id, timestampS: Number(parts.timestamp), body: parts.body };
  return { ...parts, signature: change.signature ?? signatureHeader(secrets.map(signingKey), content) };
}

function faultsOf(
  presented: Presented,
  about: { secrets?: readonly KnownSecret[]; sent?: SentAttempt | null; mayReadEvent?: boolean; now?: number } = {},
): string[] {
  const { secrets = [known(newer)], sent = null, mayReadEvent = true, now = NOW } = about;
  const { secrets: matches } = matchSecrets(presented, secrets);
  return signatureFaults(presented, { matches, now, sent, mayReadEvent });
}

test("a good signature has no fault, by any of the secrets that signed it", () => {
  assert.deepEqual(faultsOf(sentWith([newer])), []);
  assert.deepEqual(faultsOf(sentWith([newer, older]), { secrets: [known(older)] }), []);
  const { secrets } = matchSecrets(sentWith([older]), [known(newer), known(older, NOW + 1)]);
  assert.deepEqual(secrets, [
    { version: "v1", createdAt: 1, expiresAt: null, matches: false },
    { version: "v1", createdAt: 1, expiresAt: NOW + 1, matches: true },
  ]);
});

test("a v1a signature is checked with public keys, those of a rotation too, and each tells what its key signed", () => {
  const pairs = [knownPair(newerKey), knownPair(olderKey, NOW + 1)];
  assert.deepEqual(faultsOf(sentWith([newerKey]), { secrets: pairs }), []);
  assert.deepEqual(faultsOf(sentWith([older, newerKey]), { secrets: [known(newer), ...pairs] }), []);
  const { secrets } = matchSecrets(sentWith([newer, olderKey]), [known(newer), ...pairs]);
  assert.deepEqual(
    secrets.map(({ version, matches }) => [version, matches]),
    [
      ["v1", true],
      ["v1a", false],
      ["v1a", true],
    ],
  );
  const [none] = faultsOf(sentWith([newerKey]), { secrets: [knownPair(olderKey)] });
  assert.match(none ?? "", /^no secret matches: /);
  const expired = faultsOf(sentWith([olderKey]), { secrets: [knownPair(newerKey), knownPair(olderKey, NOW)] });
  assert.match(expired[0] ?? "", /^only a secret that has expired since matches/);
});

test("a v1a part that receivers would refuse is told, to webhooks that have a key pair", () => {
  const pair = { secrets: [known(newer), knownPair(newerKey)] };
  const [, part = ""] = sentWith([newer, newerKey]).signature.split(" ");
  const [cut] = faultsOf(sentWith([], { signature: part.slice(0, -4) }), pair);
  assert.equal(cut, "a v1a part of the signature is not base64 of 64 bytes");
  const lastChar = part.at(-3) ?? "";
  const withBits =
    part.slice(0, -3) + (lastChar === "A" ? "B" : String.fromCharCode(lastChar.charCodeAt(0) + 1)) + "==";
  assert.deepEqual(Buffer.from(withBits.slice(4), "base64"), Buffer.from(part.slice(4), "base64"));
  assert.equal(faultsOf(sentWith([], { signature: withBits }), pair)[0], cut);
  const [nothing] = faultsOf(sentWith([], { signature: "v2,abc" }), pair);
  assert.match(nothing ?? "", /^the signature has no v1 or v1a part: /);
  assert.deepEqual(faultsOf({ ...sentWith([newer]), signature: `${sentWith([newer]).signature} v1a,abc` }), []);
});

test("receivers take 10 parts and no more", () => {
  const { signature, ...rest } = sentWith([newer]);
  const decoy = sentWith([other]).signature;
  const among = (decoys: number): Presented => ({
    ...rest,
    signature: [...Array<string>(decoys).fill(decoy), signature].join(" "),
  });
  assert.deepEqual(faultsOf(among(9)), []);
  assert.equal(faultsOf(among(10))[0], "the signature has 11 parts; receivers take at most 10");
});

test("what was signed is shown with its token masked, and never a secret", () => {
  const presented = sentWith([newer]);
  const shown = JSON.stringify(matchSecrets(presented, [known(newer)]));
  assert.equal(matchSecrets(presented, []).signedContent, `${id}.${NOW_S}.${bodyWith("wvt_***")}`);
  for (const secret of [token(1), newer, newer.slice(6)]) assert.ok(!shown.includes(secret));
});

test("a timestamp is refused beyond 5 minutes either way, and told with its age", () => {
  for (const [ageS, told] of [
    [300, null],
    [301, "the timestamp is 5 minutes old; receivers refuse more than 5 minutes"],
    [420, "the timestamp is 7 minutes old; receivers refuse more than 5 minutes"],
    [7_200, "the timestamp is 2 hours old; receivers refuse more than 5 minutes"],
    [200_000, "the timestamp is 2 days old; receivers refuse more than 5 minutes"],
    [-300, null],
    [-600, "the timestamp is 10 minutes ahead of the server's clock; receivers refuse more than 5 minutes"],
  ] as const) {
    assert.deepEqual(faultsOf(sentWith([newer], { timestamp: String(NOW_S - ageS) })), told === null ? [] : [told]);
  }
});

test("a timestamp that is no number of seconds is told", () => {
  const milliseconds = faultsOf(sentWith([newer], { timestamp: String(NOW) }));
  assert.deepEqual(milliseconds, ["the timestamp has 13 digits, so it is in milliseconds; it is sent in seconds"]);
  const [text] = faultsOf(sentWith([newer], { timestamp: "yesterday", signature: "v1,x" }));
  assert.equal(text, "the timestamp is `yesterday`; it is sent as whole seconds since 1970");
});

test("a malformed id and a malformed signature are told", () => {
  assert.deepEqual(faultsOf(sentWith([newer], { id: "whk_1" })), [
    "the id is `whk_1`, which is no event's: those begin with evt_",
  ]);
  const [noPart] = faultsOf(sentWith([newer], { signature: "v1a,abc v2,abc" }));
  assert.equal(noPart, "the signature has no v1 part: one is `v1,` and 44 characters of base64");
  const [notBase64] = faultsOf(sentWith([newer], { signature: "v1,abc" }));
  assert.equal(notBase64, "a v1 part of the signature is not base64 of 32 bytes");
});

test("a secret that has expired since is told apart from one that does not match", () => {
  const expired = faultsOf(sentWith([older]), { secrets: [known(newer), known(older, NOW)] });
  assert.deepEqual(expired, [
    "only a secret that has expired since matches: receivers that have the new one alone refuse it",
  ]);
  assert.deepEqual(faultsOf(sentWith([older]), { secrets: [known(newer), known(older, NOW + 1)] }), []);
  const [none] = faultsOf(sentWith([other]));
  assert.match(none ?? "", /^no secret matches: /);
});

test("where it is known what was sent, the faults tell what differs from it", () => {
  const sent = sentWith([newer]);
  const last = (change: Partial<Presented>, about: { mayReadEvent?: boolean } = {}): string | undefined =>
    faultsOf({ ...sent, ...change }, { sent, ...about }).at(-1);
  assert.equal(last({ timestamp: String(NOW_S - 1) }), "the timestamp is not the one that was sent");
  assert.match(
    last({ body: bodyWith(token(1)).replace("1.0", "1") }) ?? "",
    /^the body has the same JSON .* other bytes/,
  );
  const changed = { body: bodyWith(token(1)).replace("1.0", "2.0") };
  assert.equal(last(changed), "the body differs from the one that was sent, from character 17 on");
  assert.equal(last(changed, { mayReadEvent: false }), "the body is not the one that was sent");
  assert.equal(last({ body: bodyWith(token(2)) }), "the token in the body is not the one that was sent");
  assert.match(last({ body: bodyWith("wvt_***") }) ?? "", /^the body has wvt_\*\*\*, which stands for a token/);
  const signature = signatureHeader([signingKey(other)], { id, timestampS: NOW_S, body: sent.body });
  assert.equal(last({ signature }), "the signature is not the one that was sent; timestamp and body are");
  assert.match(faultsOf({ ...sent, signature }).at(-1) ?? "", /^no attempt of this webhook is known/);
});

test("a guessed token is not told how far it is right", () => {
  const sent = sentWith([newer]);
  const guesses = [4, 20, 80].map((right) => `${token(1).slice(0, right)}${"x".repeat(92 - right)}`);
  const told = guesses.map((guess) => faultsOf({ ...sent, body: bodyWith(guess) }, { sent }).at(-1));
  assert.deepEqual(new Set(told), new Set(["the token in the body is not the one that was sent"]));
  const cut = [8, 40].map((chars) => faultsOf({ ...sent, body: bodyWith(token(1).slice(0, chars)) }, { sent }).at(-1));
  assert.equal(new Set(cut).size, 1);
});

test("an attempt is recognised by a part of its signature, else by its timestamp", () => {
  const first = sentWith([older], { timestamp: String(NOW_S - 60) });
  const second = sentWith([newer, older]);
  const sent = [first, second];
  assert.equal(attemptOf({ ...sentWith([older]), timestamp: "1" }, sent), second);
  assert.equal(attemptOf({ ...first, signature: "v1,x" }, sent), first);
  assert.equal(attemptOf({ ...first, signature: "v1,x", timestamp: "1" }, sent), null);
});
