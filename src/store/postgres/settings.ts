/** The table of settings: facts about the database itself, such as which master key seals its secrets, and switches. */
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

const READ_SETTING = `select value from settings where name = $1`;
const SAVE_SETTING = `
  insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`;
const INSERT_SETTING = `insert into settings (name, value) values ($1, $2) on conflict (name) do nothing`;

/** The value of a setting; undefined where it was never saved. */
export async function readSetting(sql: Connection, name: string): Promise<string | undefined> {
  return (await sql.get<{ value: string }>(READ_SETTING, name))?.value;
}

/** Saves a setting, in place of the value it had. */
export async function saveSetting(sql: Connection, name: string, value: string): Promise<void> {
  await sql.run(SAVE_SETTING, name, value);
}

/** Saves a setting that was never saved; false where it was, and stays as it is. */
export async function insertSetting(sql: Connection, name: string, value: string): Promise<boolean> {
  return (await sql.run(INSERT_SETTING, name, value)) === 1;
}

/** See {@link TenancyStore.claimDemo}. */
export async function claimDemo(tx: Transaction): Promise<boolean> {
  return await insertSetting(tx.sql, "demo", "made");
}

/** Proves that a write can be committed. */
export async function ping(tx: Transaction): Promise<void> {
  await saveSetting(tx.sql, "pinged_at", String(tx.now));
}
