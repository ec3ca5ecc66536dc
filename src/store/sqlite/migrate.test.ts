import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import { listAttempts } from "./attempts.ts";
import { Connection } from "./connection.ts";
import { migrate, readMigrations } from "./migrate.ts";

const INSERT = `
  insert into audit_log (id, tenant, at, actor_kind, actor_name, action, target_kind, target_id, after_json, prev_hash, hash)
  values (?1, ?2, 5, 'operator', 'tester', 'webhook.create', ?3, 'x', '{"a":1}', ?4, ?5)`;

/** A database of the first release with an audit log in which a number is missing, brought up to date. */
function upgraded() {
  const sql = new Connection(":memory:", { readOnly: false });
  const migrations = readMigrations();
  migrate(sql, { migrations: migrations.slice(0, 1), now: 1, path: ":memory:" });
  for (const [id, tenant] of [
    ["aud_a", 1],
    ["aud_b", null],
    ["aud_c", 1],
  ] as const) {
    sql.run(INSERT, id, tenant, "webhook", new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
    if (id === "aud_a") sql.run("update sqlite_sequence set seq = 10 where name = 'audit_log'");
  }
  const before = sql.all("select * from audit_log order by seq");
  migrate(sql, { migrations, now: 2, path: ":memory:" });
  return { sql, before };
}

test("the audit log that tells of more kinds keeps its rows, numbers and hashes", () => {
  const { sql, before } = upgraded();
  assert.equal(before.length, 3);
  assert.deepEqual(sql.all("select * from audit_log order by seq"), before);
  const hash = new Uint8Array(32);
  for (const kind of ["job", "session", "settings", "system", "view"])
    sql.run(INSERT, `aud_${kind}`, 1, kind, hash, hash);
  assert.throws(() => sql.run(INSERT, "aud_x", 1, "other", hash, hash), /CHECK constraint/);
  assert.deepEqual(
    sql.all<{ seq: number }>("select seq from audit_log order by seq").map(({ seq }) => seq),
    [1, 11, 12, 13, 14, 15, 16, 17],
  );
});

test("the audit log that tells of more kinds is still append-only and indexed by tenant", () => {
  const { sql } = upgraded();
  assert.throws(() => sql.run("update audit_log set actor_name = 'x'"), /append-only/);
  assert.throws(() => sql.run("delete from audit_log"), /append-only/);
  const plan = sql.all<{ detail: string }>(
    "explain query plan select hash from audit_log where tenant is 1 order by seq desc limit 1",
  );
  assert.match(plan[0]?.detail ?? "", /audit_log_tenant/);
});

test("an attempt from before workers were kept is read without one", () => {
  const sql = new Connection(":memory:", { readOnly: false });
  const migrations = readMigrations();
  migrate(sql, { migrations: migrations.slice(0, 9), now: 1, path: ":memory:" });
  const eventId = "evt_000000000000000000000000000" as EventId;
  sql.run(
    `insert into attempts (tenant, day, event_id, number, trigger_kind, started_at, duration_ms, queued_ms, url,
       request_headers, failure_code, failure_message)
     values (1, ?1, ?2, 1, 'AUTO', 5, 6, 7, 'https://a.example/', '[]', 'ABANDONED', 'It was abandoned.')`,
    idDay(eventId),
    eventId,
  );
  migrate(sql, { migrations, now: 2, path: ":memory:" });
  const attempts = listAttempts(sql, { tenant: 1, eventId });
  assert.deepEqual(
    attempts.map(({ number, workerId }) => [number, workerId]),
    [[1, null]],
  );
});

test("webhooks keep their rows, their numbers and what refers to them when one more reason may disable them", () => {
  const sql = new Connection(":memory:", { readOnly: false });
  const migrations = readMigrations();
  migrate(sql, { migrations: migrations.slice(0, 12), now: 1, path: ":memory:" });
  sql.exec(`
    insert into applications (app_id, app_name, created_at) values ('appId_1', 'One', 5);
    insert into tenants (tenant, app_id, app_env) values (1, 'appId_1', 'TEST')`);
  const add = (no: number, reason: string | null): void => {
    sql.run(
      `insert into webhooks (no, id, tenant, url, description, is_disabled, disabled_reason, disabled_topics, disabled_actions,
         success_status, max_concurrency, signature_versions, headers, created_at, updated_at)
       values (?1, 'whk_' || ?1, 1, 'https://a.example/', '', ?2 is not null, ?2, '[]', '[]', '200', 10, '["v1"]', '[]', 5, 6)`,
      no,
      reason,
    );
    sql.run("insert into lanes (webhook_no, tenant, is_paused) values (?1, 1, 0)", no);
    sql.run(
      "insert into webhook_secrets (id, tenant, webhook_no, sealed, created_at) values (?1, 1, ?2, 'x', 5)",
      `sec_${no}`,
      no,
    );
  };
  for (const [no, reason] of [
    [3, null],
    [7, "GONE"],
  ] as const)
    add(no, reason);
  const before = sql.all("select * from webhooks order by no");

  migrate(sql, { migrations, now: 2, path: ":memory:" });

  assert.deepEqual(sql.all("select * from webhooks order by no"), before);
  assert.deepEqual(sql.all("pragma foreign_key_check"), []);
  assert.throws(() => sql.run("delete from webhooks where no = 3"), /FOREIGN KEY constraint/);
  add(8, "RECEIVER");
  assert.throws(() => add(9, "OTHER"), /CHECK constraint/);
  assert.deepEqual(sql.get("select seq from sqlite_sequence where name = 'webhooks'"), { __proto__: null, seq: 8 });
});
