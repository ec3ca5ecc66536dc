import { test } from "node:test";
import assert from "node:assert/strict";
import { formatSecret } from "./domain/signature.ts";
import { formatToken } from "./domain/token.ts";
import type { EventId } from "./ids.ts";
import { newApiKey } from "./keys.ts";
import { systemRandom } from "./random.ts";
import { redacted } from "./redaction.ts";

const UUID = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
const claims = { tenant: 1, eventId: `evt_${"0".repeat(27)}` as EventId, attempt: 1, issuedAt: 0 };

test("whatever the server makes that is secret is taken out, and what it was stays", () => {
  const operator = newApiKey({ kind: "operator" }, systemRandom);
  const tenant = newApiKey({ kind: "tenant", appId: `appId_${UUID}`, appEnv: "PRODUCTION" }, systemRandom);
  const secret = formatSecret(systemRandom.bytes(32));
  const token = formatToken(systemRandom.bytes(32), claims);
  for (const [text, start] of [
    [operator, operator.slice(0, 51)],
    [tenant, `skv2_production_${UUID}_`],
    [secret, "whsec_"],
    [token, "wvt_"],
    [`whsk_${"A".repeat(43)}=`, "whsk_"],
  ] as const) {
    const line = JSON.stringify({ url: `/v4/x/${text}`, err: { message: `no ${text}.` } });
    const shown = redacted(line);
    assert.ok(!shown.includes(text.slice(start.length)), shown);
    assert.ok(shown.includes(`${start}[secret]`), shown);
    JSON.parse(shown);
  }
});

for (const [name, text, shown] of [
  ["a credential", "authorization: Bearer abc.def, next", "authorization: Bearer [secret] next"],
  [
    "a session's cookie",
    "cookie: __Host-ignisign_session=AbC_-9; a=b",
    "cookie: __Host-ignisign_session=[secret]; a=b",
  ],
  ["a jwtToken", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln ", "[secret] "],
  ["a database's password", "at postgres://user:p%40ss@host:5432/db", "at postgres://[secret]@host:5432/db"],
  ["a password in what was taken for a path", "/x/postgres:/user:pass@host", "/x/postgres:/[secret]@host"],
  ["a secret that was percent-encoded", "/x/whsec_ab%2Fcdefghijklmnop%2Bqrst%3D y", "/x/whsec_[secret] y"],
  ["a key that was percent-encoded", `/skv2_test_${UUID}_abc%2Fdef%3D y`, `/skv2_test_${UUID}_[secret] y`],
  ["a proxy's user", "is `http://only-user@proxy:3128`", "is `http://[secret]@proxy:3128`"],
] as const) {
  test(`${name} is taken out`, () => {
    assert.equal(redacted(text), shown);
  });
}

test("what is no secret stays as it is", () => {
  for (const text of [
    `webhook whk_${"0".repeat(22)} of appId_${UUID}`,
    "https://example.com/path?a=b@c",
    "mail of somebody@example.com",
    '{"url":"/v4/webhooks/whk_x/secret","msg":"whsec_ and base64 of 24 to 64 bytes; wvt_***"}',
    `event evt_${"0".repeat(27)}, message msg_${"0".repeat(22)}`,
  ]) {
    assert.equal(redacted(text), text);
  }
});
