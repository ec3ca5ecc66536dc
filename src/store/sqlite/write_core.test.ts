import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_SETTINGS } from "../../domain/webhook.ts";
import { systemRandom } from "../../random.ts";
import { SecretBox } from "../../secret_box.ts";
import { auditHash } from "../audit_hash.ts";
import type { PublishParams } from "../delivery.ts";
import { listAudit } from "./audit_list.ts";
import type { Connection } from "./connection.ts";
import { sqliteCode } from "./failure.ts";
import type { Outcome } from "./failure.ts";
import type { Call, WriteMethod } from "./methods.ts";
import { openForWriting } from "./open_database.ts";
import { WriteCore } from "./write_core.ts";

const NOW = 1_773_144_000_000;
const ACTOR = { kind: "operator", keyId: null, name: "op", ip: null, requestId: null } as const;
const TENANT = 1;
const CHECK_VIOLATED = 275;

function setup(): { sql: Connection; run: (...calls: Call<WriteMethod>[]) => Outcome[] } {
  const secretBox = new SecretBox([Buffer.alloc(32, 1)], systemRandom);
  const sql = openForWriting({ path: ":memory:", now: NOW, secretBox });
  const core = new WriteCore({ sql, secretBox, random: systemRandom, commitDelayMs: 0 });
  const run = (...calls: Call<WriteMethod>[]): Outcome[] => core.run({ now: NOW, calls });
  const settings = { ...DEFAULT_SETTINGS, url: "https://receiver.example/" };
  run({ method: "createApplication", params: { appId: "a", appName: "A", orgId: null, actor: ACTOR } });
  run({ method: "createWebhook", params: { tenant: TENANT, settings, secret: "whsec_x", actor: ACTOR } });
  return { sql, run };
}

function publishing(tenant: number, content = "{}"): Call<WriteMethod> {
  const kind = { topic: "SIGNER", action: "CREATED", msgNature: "SUCCESS" } as const;
  const messages = [{ ...kind, content, error: null, searchValues: [], traceParent: null }];
  const params: PublishParams = { tenant, messages, idempotency: null, lease: null, test: null };
  return { method: "publish", params };
}

function count(sql: Connection, table: "messages" | "events"): number {
  return sql.get<{ count: number }>(`select count(*) as count from ${table}`)?.count ?? -1;
}

test("an operation that throws is rolled back alone, and the rest of its batch is committed", () => {
  const { sql, run } = setup();
  const unknownTenant = 999;
  const outcomes = run(publishing(TENANT), publishing(unknownTenant), publishing(TENANT));
  assert.deepEqual(
    outcomes.map(({ ok }) => ok),
    [true, false, true],
  );
  assert.deepEqual([count(sql, "messages"), count(sql, "events")], [2, 2]);
  const [, broken] = outcomes;
  assert.ok(broken?.ok === false && broken.failure.kind === "bug");
});

test("a full disk makes the whole batch unavailable, leaves nothing behind, and heals by itself", () => {
  const { sql, run } = setup();
  const pages = sql.get<{ page_count: number }>("pragma page_count")?.page_count ?? 0;
  sql.exec(`pragma max_page_count = ${pages}`);
  const large = publishing(TENANT, `"${"x".repeat(200_000)}"`);
  const outcomes = run(publishing(TENANT), large);
  for (const outcome of outcomes) assert.ok(!outcome.ok && outcome.failure.kind === "unavailable");
  assert.equal(count(sql, "messages"), 0);
  sql.exec("pragma max_page_count = 1000000");
  assert.ok(run(publishing(TENANT), large).every(({ ok }) => ok));
  assert.equal(count(sql, "messages"), 2);
});

test("the schema forbids impossible states of an event", () => {
  const { sql, run } = setup();
  run(publishing(TENANT));
  const impossible = [
    "status = 'PENDING', next_attempt_at = null",
    "status = 'SUCCESS'",
    "status = 'LOST'",
    "lease_worker = 'wrk_1'",
    "lease_worker = 'wrk_1', leased_at = 1, attempt_count = 0",
    "status = 'FAILED', next_attempt_at = null, lease_worker = 'wrk_1', leased_at = 1, attempt_count = 1",
    "attempt_count = -1",
    "abandoned_in_row = 4",
    "last_status = 200",
  ];
  for (const change of impossible) {
    assert.throws(
      () => sql.run(`update events set ${change}`),
      (error) => sqliteCode(error) === CHECK_VIOLATED,
      change,
    );
  }
  assert.throws(() => sql.run("update counters set count = -1"));
  assert.throws(() => sql.run("update webhooks set is_disabled = 1"));
  assert.throws(() => sql.run("update lanes set is_deleted = 1"));
});

test("the audit log cannot be changed or shortened, and each entry's hash covers the one before", () => {
  const { sql, run } = setup();
  const webhook = sql.get<{ id: string }>("select id from webhooks");
  assert.ok(webhook);
  const target = { tenant: TENANT, webhookId: webhook.id, actor: ACTOR };
  run({ method: "updateWebhook", params: { ...target, change: { description: "new" } } });
  run({ method: "revealSecrets", params: target }, { method: "deleteWebhook", params: target });
  assert.throws(() => sql.run("update audit_log set actor_name = 'x'"), /append-only/);
  assert.throws(() => sql.run("delete from audit_log"), /append-only/);
  const page = { tenant: TENANT, limit: 100, page: 1, cursor: null };
  const entries = listAudit({ sql }, page).items.toReversed();
  const hashes = sql.all<{ prev_hash: Uint8Array; hash: Uint8Array }>(
    "select prev_hash, hash from audit_log where tenant = ?1 order by seq",
    TENANT,
  );
  assert.equal(entries.length, 4);
  let prevHash: Uint8Array = new Uint8Array(32);
  for (const [at, entry] of entries.entries()) {
    assert.deepEqual(Buffer.from(hashes[at]?.prev_hash ?? []), Buffer.from(prevHash));
    prevHash = auditHash(prevHash, entry);
    assert.deepEqual(Buffer.from(hashes[at]?.hash ?? []), Buffer.from(prevHash));
  }
});

test("numbers of webhooks are never used again", () => {
  const { sql, run } = setup();
  const last = (): number => sql.get<{ no: number }>("select max(no) as no from webhooks")?.no ?? 0;
  const first = last();
  sql.exec("pragma foreign_keys = off; delete from webhooks; delete from lanes; delete from webhook_secrets");
  const settings = { ...DEFAULT_SETTINGS, url: "https://receiver.example/" };
  run({ method: "createWebhook", params: { tenant: TENANT, settings, secret: "whsec_x", actor: ACTOR } });
  assert.equal(last(), first + 1);
});

test("minute statistics count creations, attempts, codes and first successes, but no tests", () => {
  const { sql, run } = setup();
  const workerId = "wrk_1";
  const webhookId = sql.get<{ id: string }>("select id from webhooks")?.id;
  const published = { ...(publishing(TENANT).params as PublishParams) };
  run({ method: "publish", params: published }, { method: "publish", params: published });
  run({ method: "publish", params: { ...published, test: { webhookId, actor: ACTOR } } });
  const lanes = [{ tenant: TENANT, webhookId, room: 9 }];
  const [claimed] = run({ method: "claimDue", params: { workerId, lanes, bytesMax: 1_000 } });
  assert.ok(claimed?.ok);
  const events = claimed.value as { id: string; isTest: boolean }[];
  const record = {
    startedAt: NOW,
    durationMs: 3,
    timings: { queuedMs: 0 },
    url: "u",
    requestHeaders: "[]",
    failure: null,
  };
  const timings = { queuedMs: 0, dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null };
  const answer = { statusText: "", headers: "[]", body: "", isTruncated: false, bodyError: null };
  const settlements = events.map(({ id, isTest }, at) => {
    const place = { tenant: TENANT, eventId: id, webhookId, attempt: 1, trigger: "AUTO", triggeredBy: null, isTest };
    const verdict = { status: at === 0 ? "FAILED" : "SUCCESS", retryInMs: null, code: "x", countsAsFailing: false };
    const response = { ...answer, status: at === 0 ? 503 : 200 };
    return {
      ...place,
      ...verdict,
      disableAs: null,
      record: { ...record, timings, address: null, tls: null, response },
    };
  });
  const [settled] = run({ method: "settleAttempts", params: { workerId, settlements } });
  assert.deepEqual(settled, { ok: true, value: { late: [], disabled: [], states: [] } });
  const minutes = sql.all<{ measure: string; bucket: number; count: number }>(
    "select measure, sum(count) as count, max(bucket) as bucket from webhook_minutes group by measure, bucket order by 1, 3",
  );
  assert.deepEqual(
    minutes.map(({ measure, bucket, count: total }) => [measure, bucket, total]),
    [
      ["CODE", 200, 1],
      ["CODE", 503, 1],
      ["CREATED", 0, 2],
      ["FAILED", 7, 1],
      ["FIRST_SUCCESS", 0, 1],
      ["QUEUED", 0, 2],
      ["SUCCESS", 7, 1],
    ],
  );
});
