/**
 * Migrations: numbered .sql files, each applied once in a transaction of its own and recorded. The first line says whether
 * older releases can go on using the database: `-- compatible` or `-- breaking: what to do`.
 */
import { readFileSync, readdirSync } from "node:fs";
import { assert } from "../../assert.ts";
import { StoreOpenError } from "../store.ts";
import type { Connection } from "./connection.ts";

type Migration = { number: number; name: string; isBreaking: boolean; sql: string };

const FOLDER = new URL("./migrations/", import.meta.url);
const CREATE_TABLE = `
  create table if not exists migrations (
    number integer primary key,
    name text not null,
    is_breaking integer not null,
    applied_at integer not null
  ) strict`;
const LIST_APPLIED = `select number, name, is_breaking from migrations order by number`;
const RECORD = `insert into migrations (number, name, is_breaking, applied_at) values (?1, ?2, ?3, ?4)`;

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

/** Brings the database up to date. Throws StoreOpenError when a newer release made it unusable for this one. */
export function migrate(
  sql: Connection,
  options: { migrations: readonly Migration[]; now: number; path: string },
): void {
  const { migrations, now, path } = options;
  sql.exec(CREATE_TABLE);
  const applied = sql.all<{ number: number; name: string; is_breaking: number }>(LIST_APPLIED);
  const newest = migrations.at(-1)?.number ?? 0;
  const breaking = applied.find((row) => row.number > newest && row.is_breaking === 1);
  if (breaking !== undefined) {
    throw new StoreOpenError(
      `The database ${path} was changed by a newer release (migration ${breaking.name}), which this one cannot work with. ` +
        `Start that release again, or restore a backup from before the upgrade.`,
    );
  }
  const known = new Set(applied.map((row) => row.number));
  for (const migration of migrations.filter(({ number }) => !known.has(number))) {
    sql.transaction(() => {
      sql.exec(migration.sql);
      sql.run(RECORD, migration.number, migration.name, migration.isBreaking ? 1 : 0, now);
    });
  }
}
