import assert from "node:assert/strict";
import { test } from "node:test";
import { changesSince } from "./changes.ts";
import { Connection } from "./connection.ts";
import { migrate, readMigrations } from "./migrate.ts";

/** A database as it was before changes of settings were told, with the statements run on it, brought up to date. */
function upgraded(...statements: readonly string[]): Connection {
  const sql = new Connection(":memory:", { readOnly: false });
  const migrations = readMigrations();
  migrate(sql, { migrations: migrations.slice(0, 4), now: 1, path: ":memory:" });
  for (const statement of statements) sql.exec(statement);
  migrate(sql, { migrations, now: 2, path: ":memory:" });
  return sql;
}

const ADD = (kind: string): string => `insert into changes (kind, id, at) values ('${kind}', 'x', 1)`;

test("an upgrade keeps the changes with their numbers, and takes new kinds and no others", () => {
  const sql = upgraded(ADD("webhook"), ADD("apiKey"), ADD("webhook"), "delete from changes where seq = 2");
  const seqs = (): number[] => changesSince({ sql }, { seq: 0 }).changes.map(({ seq }) => seq);
  assert.deepEqual(seqs(), [1, 3]);
  sql.exec(ADD("system"));
  sql.exec("insert into changes (kind, id, at) values ('settings', '7', 1)");
  assert.deepEqual(seqs(), [1, 3, 4, 5]);
  assert.deepEqual(changesSince({ sql }, { seq: 3 }).changes, [
    { seq: 4, kind: "system" },
    { seq: 5, kind: "settings", tenant: 7 },
  ]);
  assert.throws(() => sql.exec(ADD("other")), /CHECK constraint/);
});

test("a number is not given again after an upgrade, though its change was removed before", () => {
  const sql = upgraded(ADD("webhook"), ADD("webhook"), "delete from changes");
  sql.exec(ADD("system"));
  assert.deepEqual(changesSince({ sql }, { seq: 0 }).changes, [{ seq: 3, kind: "system" }]);
});
