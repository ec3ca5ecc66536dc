/**
 * Going over from one master key to another: which keys, the steps, and the files of a generated key. It may be killed anywhere:
 * the same once more goes on where it was.
 */
import { existsSync, statSync } from "node:fs";
import type { Config } from "./config.ts";
import { adoptNextMasterKeyFile, loadMasterKeyFile, loadNextMasterKeyFile, masterKeyPath } from "./master_key.ts";
import type { MasterKeyPair } from "./open_store.ts";
import type { Random } from "./random.ts";
import type { MasterKeyStore, RotationBegin } from "./store/master_key.ts";
import { StoreOpenError } from "./store/store.ts";
import type { Actor } from "./store/tenancy.ts";

/** So many rows are sealed anew in one transaction. */
const STEP_ROWS = 100;
/** One is enough, since what is sealed meanwhile is sealed under the new key. */
const PASSES_MAX = 3;
const ACTOR: Actor = { kind: "system", keyId: null, name: "rotate-master-key", ip: null, requestId: null };

/** The keys of a rotation. `finish` is to be called after it, and says what the operator does next. */
export type Rotation = { keys: MasterKeyPair; finish: () => string };

/** Takes the keys from the configuration, or those beside the SQLite file. Throws {@link StoreOpenError} with a remedy. */
export function prepareRotation(
  config: Pick<Config, "database" | "masterKey" | "previousMasterKey">,
  random: Random,
): Rotation {
  const { database, masterKey, previousMasterKey } = config;
  if (database.kind === "sqlite") requireDatabase(database.path);
  if (masterKey !== null && previousMasterKey !== null) {
    const keys = { current: masterKey.reveal(), previous: previousMasterKey.reveal() };
    return {
      keys,
      finish: () => `Start every process with both keys, and after TOKEN_TTL without MASTER_KEY_PREVIOUS.`,
    };
  }
  if (database.kind === "sqlite" && masterKey === null && previousMasterKey === null)
    return ofFiles(database.path, random);
  const known = database.kind === "sqlite" ? ` (a generated one is in ${masterKeyPath(database.path)})` : "";
  throw new StoreOpenError(
    `A rotation needs two keys, and only ${masterKey === null ? "MASTER_KEY_PREVIOUS" : "MASTER_KEY"} is set. Set MASTER_KEY to ` +
      `the new one and MASTER_KEY_PREVIOUS to the one before${known}.`,
  );
}

function ofFiles(databasePath: string, random: Random): Rotation {
  const previous = loadMasterKeyFile(databasePath, random);
  return {
    keys: { current: loadNextMasterKeyFile(databasePath, random), previous },
    finish: () => {
      const { previousPath } = adoptNextMasterKeyFile(databasePath);
      return (
        `The new key is in ${masterKeyPath(databasePath)}, and the one before in ${previousPath}. Back up the new one; keep the ` +
        `old one with backups from before. For tokens that are on their way, start the server once with ` +
        `MASTER_KEY_PREVIOUS set to the old one.`
      );
    },
  };
}

function requireDatabase(path: string): void {
  if (existsSync(path) && statSync(path).size > 0) return;
  throw new StoreOpenError(`There is no database at ${path}, so there is no key to change. Check DATABASE_URL.`);
}

/**
 * Seals everything anew that is not sealed under the store's first key; how many rows that were. `onStep` is told of each
 * step's sum. Throws {@link StoreOpenError} with a remedy where it cannot begin, and where something does not open.
 */
export async function rotateMasterKey(store: MasterKeyStore, onStep: (resealed: number) => void): Promise<number> {
  const begun = await store.beginMasterKeyRotation({ actor: ACTOR });
  if (begun.kind === "done") return 0;
  if (begun.kind === "other" || begun.kind === "workersWithoutKey") throw new StoreOpenError(refusal(begun));
  let resealed = 0;
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    for (let cursor: string | null = null, isLast = false; !isLast;) {
      const step: Awaited<ReturnType<MasterKeyStore["resealSecrets"]>> = await store.resealSecrets({
        limit: STEP_ROWS,
        cursor,
      });
      resealed += step.resealed;
      onStep(resealed);
      cursor = step.nextCursor;
      isLast = cursor === null;
    }
    if (await store.endMasterKeyRotation({ actor: ACTOR })) return resealed;
  }
  throw new Error(`after ${PASSES_MAX} passes something is still sealed under the old key`);
}

function refusal(begun: Extract<RotationBegin, { kind: "other" | "workersWithoutKey" }>): string {
  if (begun.kind === "other") {
    const { keyId, sealingKeyId } = begun.keys;
    return (
      `Another rotation, from key ${keyId} to ${sealingKeyId}, is under way. Finish it first: set MASTER_KEY to the key ` +
      `${sealingKeyId} and MASTER_KEY_PREVIOUS to the key ${keyId}.`
    );
  }
  const names = begun.workers.map(({ role, host, pid }) => `${role} ${pid} on ${host}`).join(", ");
  return (
    `These processes have not got the new key: ${names}. Restart each with MASTER_KEY set to the new key and ` +
    `MASTER_KEY_PREVIOUS to the one before. One that was killed counts as running until another one has taken over from it, ` +
    `within DELIVERY_TIMEOUT and LEASE_MARGIN.`
  );
}
