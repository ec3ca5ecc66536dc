/** The table of settings: facts about the file itself, such as which master key seals its secrets, and switches. */
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
