/** Whether a process has the keys that a database needs, in words. */
import type { SecretBox } from "../secret_box.ts";
import type { MasterKeys } from "./master_key.ts";
import { StoreOpenError } from "./store.ts";

/** Throws StoreOpenError with what to do, unless the box has every key that the database needs. */
export function requireKeys(box: SecretBox, keys: MasterKeys, place: { database: string; remedy: string }): void {
  const { keyId, sealingKeyId } = keys;
  if (box.has(keyId) && box.has(sealingKeyId)) return;
  const given =
    box.keyIds.length === 1 ? `the key given is ${box.keyIds[0]}` : `those given are ${box.keyIds.join(" and ")}`;
  if (keyId === sealingKeyId) {
    throw new StoreOpenError(
      `The database ${place.database} holds secrets sealed under master key ${keyId}, but ${given}. ${place.remedy}`,
    );
  }
  throw new StoreOpenError(
    `The database ${place.database} is on its way from master key ${keyId} to ${sealingKeyId} and needs both, but ${given}. ` +
      `Finish with \`npm run rotate-master-key\`, or set MASTER_KEY to the new one and MASTER_KEY_PREVIOUS to the old one.`,
  );
}
