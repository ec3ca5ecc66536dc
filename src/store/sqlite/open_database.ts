/** Opening the database for writing: migrate, check the master key, forget the workers of the process before. */
import type { SecretBox } from "../../secret_box.ts";
import { Connection } from "./connection.ts";
import { checkMasterKey } from "./master_key.ts";
import { migrate, readMigrations } from "./migrate.ts";
import { forgetWorkers } from "./workers.ts";

/** The one connection that writes. Throws StoreOpenError, or what SQLite says of the file. */
export function openForWriting(options: { path: string; now: number; secretBox: SecretBox }): Connection {
  const { path, now, secretBox } = options;
  const sql = new Connection(path, { readOnly: false });
  try {
    migrate(sql, { migrations: readMigrations(), now, path });
    sql.transaction(() => {
      checkMasterKey(sql, { box: secretBox, path });
      forgetWorkers(sql);
    });
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}
