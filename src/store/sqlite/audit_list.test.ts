import { test } from "node:test";
import assert from "node:assert/strict";
import { listAudit } from "./audit_list.ts";
import { Connection } from "./connection.ts";
import { LOOKED_ROWS_MAX } from "./keyset.ts";
import { migrate, readMigrations } from "./migrate.ts";

const FILTER = { actor: null, target: null, from: null, to: null };
const RARE = { ...FILTER, action: "rare.action" };
const PAGE = { tenant: 1, limit: 10, page: 1, cursor: null };

/** A log whose oldest entry is the rare one, with `others` after it, written straight into the table. */
function setup(others: number): { sql: Connection } {
  const sql = new Connection(":memory:", { readOnly: false });
  migrate(sql, { migrations: readMigrations(), now: 1, path: ":memory:" });
  sql.run(
    `insert into audit_log (id, tenant, at, actor_kind, actor_name, action, target_kind, target_id, prev_hash, hash)
     with recursive numbers (no) as (select 0 union all select no + 1 from numbers where no < ?1)
     select 'aud_' || no, 1, 1000 + no, 'system', 'system', iif(no = 0, 'rare.action', 'usual.action'), 'webhook', 'whk_1',
       zeroblob(32), zeroblob(32)
     from numbers`,
    others,
  );
  return { sql };
}

test("a rare entry within the rows that one call looks at is on its page", () => {
  const { items, nextCursor, total, totalIsAtLeast } = listAudit(setup(LOOKED_ROWS_MAX - 2), { ...PAGE, filter: RARE });
  assert.deepEqual([items.map(({ id }) => id), nextCursor, total, totalIsAtLeast], [["aud_0"], null, 1, false]);
});

test("a rare entry beyond the rows that one call looks at is on a later page", () => {
  const view = setup(LOOKED_ROWS_MAX);
  const first = listAudit(view, { ...PAGE, filter: RARE });
  assert.deepEqual([first.items, first.total, first.totalIsAtLeast], [[], 0, true]);
  assert.ok(first.nextCursor);
  const second = listAudit(view, { ...PAGE, cursor: first.nextCursor, filter: RARE });
  assert.deepEqual([second.items.map(({ id }) => id), second.nextCursor], [["aud_0"], null]);
});

test("entries are counted up to the rows that page numbers reach", () => {
  const all = { ...FILTER, action: null };
  const exact = listAudit(setup(9_999), { ...PAGE, filter: all });
  assert.deepEqual([exact.total, exact.totalIsAtLeast], [10_000, false]);
  const more = listAudit(setup(10_000), { ...PAGE, filter: all });
  assert.deepEqual([more.total, more.totalIsAtLeast], [10_000, true]);
});
