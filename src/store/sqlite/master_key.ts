/** The key that seals what is secret in the file, and the begin and end of going over to another one. */
import type { SecretBox } from "../../secret_box.ts";
import type { MasterKeys, RotationBegin } from "../master_key.ts";
import { requireKeys } from "../master_key_check.ts";
import type { Actor } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import type { Connection } from "./connection.ts";
import { readSetting, saveSetting } from "./settings.ts";
import type { ReadView, Transaction } from "./transaction.ts";

const KEY = "master_key_id";
const SEALING_KEY = "sealing_key_id";

/** Notes the key at the first opening, and refuses from then on whoever has not got what is needed. */
export function checkMasterKey(sql: Connection, { box, path }: { box: SecretBox; path: string }): void {
  const [first] = box.keyIds;
  const keyId = readSetting(sql, KEY) ?? first;
  const sealingKeyId = readSetting(sql, SEALING_KEY) ?? keyId;
  const remedy =
    "Set MASTER_KEY to the one this database was made with, or put its key file back beside it; where a rotation was broken " +
    "off, `npm run rotate-master-key` does that.";
  requireKeys(box, { keyId, sealingKeyId }, { database: path, remedy });
  saveSetting(sql, KEY, keyId);
  saveSetting(sql, SEALING_KEY, sealingKeyId);
}

/** See {@link MasterKeyStore.masterKeys}. */
export function masterKeys({ sql }: Pick<ReadView, "sql">): MasterKeys {
  return { keyId: readSetting(sql, KEY) ?? "", sealingKeyId: readSetting(sql, SEALING_KEY) ?? "" }; // saved at the opening
}

/** See {@link MasterKeyStore.beginMasterKeyRotation}. No other process has the file. */
export function beginMasterKeyRotation(tx: Transaction, { actor }: { actor: Actor }): RotationBegin {
  const [wanted] = tx.secretBox.keyIds;
  const keys = masterKeys(tx);
  if (keys.sealingKeyId === wanted) return { kind: keys.keyId === wanted ? "done" : "underWay" };
  if (keys.keyId !== keys.sealingKeyId) return { kind: "other", keys };
  saveSetting(tx.sql, SEALING_KEY, wanted);
  tell(tx, { actor, step: "begin", from: keys.keyId, to: wanted });
  return { kind: "begun" };
}

const LEFT_SECRETS = `select 1 from webhook_secrets where substr(sealed, 1, 9) = ?1 || '.' limit 1`;
/** The values are behind their names, in texts that hold no quotation mark. */
const LEFT_HEADERS = `select 1 from webhooks where instr(headers, '","' || ?1 || '.') > 0 limit 1`;

/** See {@link MasterKeyStore.endMasterKeyRotation}. */
export function endMasterKeyRotation(tx: Transaction, { actor }: { actor: Actor }): boolean {
  const { keyId, sealingKeyId } = masterKeys(tx);
  if (keyId === sealingKeyId) return true;
  if ([LEFT_SECRETS, LEFT_HEADERS].some((left) => tx.sql.get(left, keyId) !== undefined)) return false;
  saveSetting(tx.sql, KEY, sealingKeyId);
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
