/** The table of settings: facts about the database itself, such as which master key seals its secrets, and switches. */
import { StoreOpenError } from "../store.ts";
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

/** Notes the key at the first opening, and refuses another one from then on. Of two processes, the first one notes it. */
export async function checkMasterKey(
  sql: Connection,
  { keyId, database }: { keyId: string; database: string },
): Promise<void> {
  await sql.run(INSERT_SETTING, "master_key_id", keyId);
  const known = await readSetting(sql, "master_key_id");
  if (known === keyId) return;
  throw new StoreOpenError(
    `The database ${database} holds secrets sealed under master key ${known}, but the key given is ${keyId}. ` +
      `Set MASTER_KEY to the one this database was made with, in every process that uses it.`,
  );
}

/** See {@link TenancyStore.claimDemo}. */
export async function claimDemo(tx: Transaction): Promise<boolean> {
  return (await tx.sql.run(INSERT_SETTING, "demo", "made")) === 1;
}

/** Proves that a write can be committed. */
export async function ping(tx: Transaction): Promise<void> {
  await saveSetting(tx.sql, "pinged_at", String(tx.now));
}
