/**
 * The master key: 32 bytes from which every key of this installation is derived. It comes from `MASTER_KEY`, or from a
 * file beside the SQLite database that is generated at the first start. Without it the stored secrets cannot be read.
 */
import { hkdfSync } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./folder.ts";
import type { Random } from "./random.ts";
import { StoreOpenError } from "./store/store.ts";

const MASTER_KEY_BYTES = 32;

/** The keys in use, each of 32 bytes and for one purpose, so that none can stand in for another. */
export type DerivedKeys = { token: Buffer; session: Buffer; storedSecret: Buffer };

/** The bytes of a master key in base64 (white space around it is ignored), or null where it is not 32 bytes of it. */
export function parseMasterKey(text: string): Buffer | null {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, "base64");
  const isCanonical = bytes.toString("base64").replace(/=+$/, "") === trimmed.replace(/=+$/, "");
  return isCanonical && bytes.length === MASTER_KEY_BYTES ? bytes : null;
}

/** Where the generated master key of a SQLite database is kept. */
export function masterKeyPath(databasePath: string): string {
  return `${databasePath}.master-key`;
}

function nextKeyPath(databasePath: string): string {
  return `${masterKeyPath(databasePath)}.next`;
}

/**
 * Reads the key file beside the database, or writes a new one (mode 0600) beside a database that does not exist yet.
 * Throws {@link StoreOpenError} with the remedy.
 */
export function loadMasterKeyFile(databasePath: string, random: Random): Buffer {
  const path = masterKeyPath(databasePath);
  try {
    return existsSync(path) ? readKeyFile(path) : writeKeyFile({ path, databasePath, random });
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreOpenError(
      `The master key file ${path} cannot be used: ${reason}. Make its folder writable for this user, or set MASTER_KEY.`,
      { cause: error },
    );
  }
}

/**
 * The key that is to follow the one beside the database: it waits in a file of its own (mode 0600), which is read where a
 * rotation was begun already, and written otherwise. It is on disk before anything is sealed under it. Throws
 * {@link StoreOpenError}.
 */
export function loadNextMasterKeyFile(databasePath: string, random: Random): Buffer {
  const path = nextKeyPath(databasePath);
  if (existsSync(path)) return readKeyFile(path);
  const key = random.bytes(MASTER_KEY_BYTES);
  writeDurably(path, key);
  return key;
}

/** Puts the next key in the place of the one before, of which a copy stays (`….master-key.previous`), for backups and tokens. */
export function adoptNextMasterKeyFile(databasePath: string): { previousPath: string } {
  const path = masterKeyPath(databasePath);
  const previousPath = `${path}.previous`;
  writeFileSync(previousPath, readFileSync(path), { mode: 0o600, flush: true });
  renameSync(nextKeyPath(databasePath), path);
  flushFolder(path);
  return { previousPath };
}

/** Derives the keys of each purpose from the master key (HKDF-SHA256). */
export function deriveKeys(masterKey: Uint8Array): DerivedKeys {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync("sha256", masterKey, "", `ignisign-webhooks/${purpose}`, MASTER_KEY_BYTES));
  return { token: derive("token"), session: derive("session"), storedSecret: derive("stored-secret") };
}

function readKeyFile(path: string): Buffer {
  const key = parseMasterKey(readFileSync(path, "utf8"));
  if (key === null) {
    throw new StoreOpenError(
      `The master key file ${path} does not hold ${MASTER_KEY_BYTES} bytes in base64. Restore it from a backup, or set MASTER_KEY.`,
    );
  }
  return key;
}

function writeKeyFile({ path, databasePath, random }: { path: string; databasePath: string; random: Random }): Buffer {
  // A database without its key cannot be read: a new key beside it would only hide what was lost.
  if (existsSync(databasePath) && statSync(databasePath).size > 0) {
    throw new StoreOpenError(
      `The database ${databasePath} exists, but its master key file ${path} does not. Restore the file, or set MASTER_KEY.`,
    );
  }
  const key = random.bytes(MASTER_KEY_BYTES);
  makeFolder(dirname(path));
  writeDurably(path, key);
  return key;
}

/** With its name in the folder: what is sealed under a key that is gone cannot be read. */
function writeDurably(path: string, key: Buffer): void {
  writeFileSync(path, `${key.toString("base64")}\n`, { mode: 0o600, flag: "wx", flush: true });
  flushFolder(path);
}

function flushFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
