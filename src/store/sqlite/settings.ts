/** Facts about the file itself: which master key seals its secrets, and whether it can be written. */
import { StoreOpenError } from "../store.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

const READ_SETTING = `select value from settings where name = ?1`;
const SAVE_SETTING = `
  insert into settings (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value`;

/** Notes the key at the first opening, and refuses another one from then on. */
export function checkMasterKey(sql: Connection, { keyId, path }: { keyId: string; path: string }): void {
  const known = sql.get<{ value: string }>(READ_SETTING, "master_key_id")?.value;
  if (known === undefined) sql.run(SAVE_SETTING, "master_key_id", keyId);
  else if (known !== keyId) {
    throw new StoreOpenError(
      `The database ${path} holds secrets sealed under master key ${known}, but the key given is ${keyId}. ` +
        `Set MASTER_KEY to the one this database was made with, or put its key file back beside it.`,
    );
  }
}

/** Proves that a write can be committed. */
export function ping(tx: Transaction): void {
  tx.sql.run(SAVE_SETTING, "pinged_at", String(tx.now));
}
