/** The schema of a SQLite database: the statements that would make it as it is. */
import { Connection } from "../../src/store/sqlite/connection.ts";
import { migrate, readMigrations } from "../../src/store/sqlite/migrate.ts";

const OBJECTS = `
  select sql from sqlite_schema where sql is not null and name not like 'sqlite_%' order by tbl_name, type = 'table' desc, name`;

/** Of a new database with every migration. */
export function sqliteSchema(): string {
  const sql = new Connection(":memory:", { readOnly: false });
  migrate(sql, { migrations: readMigrations(), now: 1, path: ":memory:" });
  const rows = sql.all<{ sql: string }>(OBJECTS);
  return rows.map((row) => `${row.sql.replaceAll(/[ \t]+\n/g, "\n")};\n`).join("\n");
}
