/** The table of settings: facts about the file itself, such as which master key seals its secrets, and switches. */
import { StoreOpenError } from "../store.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

const READ_SETTING = `select value from settings where name = ?1`;
const SAVE_SETTING = `
  insert into settings (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value`;

/** The value of a setting; undefined where it was never saved. */
export function readSetting(sql: Connection, name: string): string | undefined {
  return sql.get<{ value: string }>(READ_SETTING, name)?.value;
}

/** Saves a setting, in place of the value it had. */
export function saveSetting(sql: Connection, name: string, value: string): void {
  sql.run(SAVE_SETTING, name, value);
}

/** Notes the key at the first opening, and refuses another one from then on. */
export function checkMasterKey(sql: Connection, { keyId, path }: { keyId: string; path: string }): void {
  const known = readSetting(sql, "master_key_id");
  if (known === undefined) saveSetting(sql, "master_key_id", keyId);
  else if (known !== keyId) {
    throw new StoreOpenError(
      `The database ${path} holds secrets sealed under master key ${known}, but the key given is ${keyId}. ` +
        `Set MASTER_KEY to the one this database was made with, or put its key file back beside it.`,
    );
  }
}

/** See {@link TenancyStore.claimDemo}. */
export function claimDemo(tx: Transaction): boolean {
  if (readSetting(tx.sql, "demo") !== undefined) return false;
  saveSetting(tx.sql, "demo", "made");
  return true;
}

/** Proves that a write can be committed. */
export function ping(tx: Transaction): void {
  saveSetting(tx.sql, "pinged_at", String(tx.now));
}
