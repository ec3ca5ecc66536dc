/** The key that seals what is secret in the database, and the begin and end of going over to another one. */
import type { SecretBox } from "../../secret_box.ts";
import type { MasterKeys, RotationBegin, WorkerWithoutKey } from "../master_key.ts";
import { requireKeys } from "../master_key_check.ts";
import type { Actor } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import type { Connection } from "./connection.ts";
import { isAlive } from "./liveness.ts";
import { insertSetting, readSetting, saveSetting } from "./settings.ts";
import type { ReadView, Transaction } from "./transaction.ts";

const KEY = "master_key_id";
const SEALING_KEY = "sealing_key_id";
const SHARE_SEALING_KEY = `select value from settings where name = '${SEALING_KEY}' for share`;
const LOCK_SEALING_KEY = `select value from settings where name = '${SEALING_KEY}' for update`;

/**
 * Notes the key at the first opening, and refuses from then on whoever has not got what is needed. Of two processes, the first
 * one notes it.
 */
export async function checkMasterKey(
  sql: Connection,
  { box, database }: { box: SecretBox; database: string },
): Promise<void> {
  await insertSetting(sql, KEY, box.keyIds[0]);
  const { keyId } = await masterKeys({ sql });
  await insertSetting(sql, SEALING_KEY, keyId);
  const remedy = "Set MASTER_KEY to the one this database was made with, in every process that uses it.";
  requireKeys(box, await masterKeys({ sql }), { database, remedy });
}

/** See {@link MasterKeyStore.masterKeys}. */
export async function masterKeys({ sql }: Pick<ReadView, "sql">): Promise<MasterKeys> {
  return {
    keyId: (await readSetting(sql, KEY)) ?? "", // saved at the opening
    sealingKeyId: (await readSetting(sql, SEALING_KEY)) ?? "",
  };
}

/** The key that seals now, and does so until the commit: a rotation that would change it waits. */
export async function sharedSealingKey(sql: Connection): Promise<string> {
  return (await sql.get<{ value: string }>(SHARE_SEALING_KEY))?.value ?? "";
}

const WORKERS_WITHOUT = `
  select w.role, w.host, w.pid from workers w where ${isAlive()} and not ($1 = any(w.key_ids)) order by w.id`;

/** See {@link MasterKeyStore.beginMasterKeyRotation}. */
export async function beginMasterKeyRotation(tx: Transaction, { actor }: { actor: Actor }): Promise<RotationBegin> {
  const [wanted] = tx.secretBox.keyIds;
  await tx.sql.run(LOCK_SEALING_KEY); // whoever seals, or registers a worker, has committed or waits
  const keys = await masterKeys(tx);
  if (keys.sealingKeyId === wanted) return { kind: keys.keyId === wanted ? "done" : "underWay" };
  if (keys.keyId !== keys.sealingKeyId) return { kind: "other", keys };
  const workers = await tx.sql.all<WorkerWithoutKey>(WORKERS_WITHOUT, wanted);
  if (workers.length > 0) return { kind: "workersWithoutKey", workers };
  await saveSetting(tx.sql, SEALING_KEY, wanted);
  tell(tx, { actor, step: "begin", from: keys.keyId, to: wanted });
  return { kind: "begun" };
}

const LEFT_SECRETS = `select 1 from webhook_secrets where left(sealed, 9) = $1 || '.' limit 1`;
/** The values are behind their names, in texts that hold no quotation mark. */
const LEFT_HEADERS = `select 1 from webhooks where position('","' || $1 || '.' in headers) > 0 limit 1`;

/** See {@link MasterKeyStore.endMasterKeyRotation}. */
export async function endMasterKeyRotation(tx: Transaction, { actor }: { actor: Actor }): Promise<boolean> {
  await tx.sql.run(LOCK_SEALING_KEY);
  const { keyId, sealingKeyId } = await masterKeys(tx);
  if (keyId === sealingKeyId) return true;
  for (const left of [LEFT_SECRETS, LEFT_HEADERS]) {
    if ((await tx.sql.get(left, keyId)) !== undefined) return false;
  }
  await saveSetting(tx.sql, KEY, sealingKeyId);
  tell(tx, { actor, step: "end", from: keyId, to: sealingKeyId });
  return true;
}

function tell(tx: Transaction, change: { actor: Actor; step: "begin" | "end"; from: string; to: string }): void {
  const { actor, step, from, to } = change;
  writeAudit(tx, {
    tenant: null,
    actor,
    action: `system.master-key.${step}`,
    target: { kind: "system", id: "master-key" },
    before: { keyId: from },
    after: { keyId: to },
  });
}
