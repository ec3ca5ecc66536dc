/**
 * Migrations: numbered .sql files, each applied once in a transaction of its own and recorded. The first line says whether
 * older releases can go on using the database: `-- compatible` or `-- breaking: what to do`. Of many processes that start at
 * once, one applies each migration: the others wait for its lock and then find it applied.
 */
import { readFileSync, readdirSync } from "node:fs";
import { assert } from "../../assert.ts";
import { StoreOpenError } from "../store.ts";
import { MIGRATION_LOCK } from "./advisory_locks.ts";
import type { Connection } from "./connection.ts";

type Migration = { number: number; name: string; isBreaking: boolean; sql: string };

const FOLDER = new URL("./migrations/", import.meta.url);
const CREATE_TABLE = `
  create table if not exists migrations (
    number integer primary key,
    name text not null,
    is_breaking boolean not null,
    applied_at bigint not null
  )`;
const LIST_APPLIED = `select number, name, is_breaking from migrations order by number`;
const RECORD = `insert into migrations (number, name, is_breaking, applied_at) values ($1, $2, $3, $4)`;

/** The migrations of this release, in their order. */
export function readMigrations(): Migration[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
  return names.sort().map((name, at) => {
    const sql = readFileSync(new URL(name, FOLDER), "utf8");
    const kind = /^-- (compatible|breaking: .+)\n/.exec(sql)?.[1];
    assert(kind !== undefined, `migration ${name} does not begin with "-- compatible" or "-- breaking: …"`);
    assert(Number(name.slice(0, 4)) === at + 1, `migration ${name} leaves a gap in the numbers`);
    return { number: at + 1, name, isBreaking: kind !== "compatible", sql };
  });
}

/**
 * Applies the next migration that is missing, in the transaction that the connection is in; false when none is. Throws
 * StoreOpenError when a newer release made the database unusable for this one.
 */
export async function migrateOnce(
  sql: Connection,
  options: { migrations: readonly Migration[]; now: number; database: string },
): Promise<boolean> {
  const { migrations, now, database } = options;
  await sql.exec(`set local statement_timeout = 0; set local lock_timeout = 0; select ${MIGRATION_LOCK}`);
  await sql.exec(CREATE_TABLE);
  const applied = await sql.once<{ number: number; name: string; is_breaking: boolean }>(LIST_APPLIED, []);
  const newest = migrations.at(-1)?.number ?? 0;
  const breaking = applied.find((row) => row.number > newest && row.is_breaking);
  if (breaking !== undefined) {
    throw new StoreOpenError(
      `The database ${database} was changed by a newer release (migration ${breaking.name}), which this one cannot work ` +
        `with. Start that release again, or restore a backup from before the upgrade.`,
    );
  }
  const known = new Set(applied.map((row) => row.number));
  const next = migrations.find(({ number }) => !known.has(number));
  if (next === undefined) return false;
  await sql.exec(next.sql);
  await sql.run(RECORD, next.number, next.name, next.isBreaking, now);
  return true;
}
