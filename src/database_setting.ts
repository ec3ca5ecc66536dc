/** Where the store is: `DATABASE_URL`, and how many connections a process may have to it. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Secret } from "./secret.ts";
import type { SettingsReader } from "./settings_reader.ts";
import { parseAddress } from "./store/postgres/address.ts";
import { StoreOpenError } from "./store/store.ts";

/** A SQLite file of one process, or a PostgreSQL database that any number of processes share. */
export type DatabaseSetting =
  | { readonly kind: "sqlite"; readonly path: string }
  /** `poolSize`: connections of this process, besides the one that listens. The URL holds a password. */
  | { readonly kind: "postgres"; readonly url: Secret<string>; readonly poolSize: number };

const DEFAULT_PATH = "data/webhooks.db";
const POOL_SIZE_DEFAULT = 16;
/** What the store keeps apart for its batches, claims and heartbeats, and some for everything else. */
const POOL_SIZE_MIN = 11;
const POOL_SIZE_MAX = 500;

/** Reads both settings; faults are noted in the reader. */
export function readDatabase(reader: SettingsReader): DatabaseSetting {
  const poolSize = readPoolSize(reader);
  const text = reader.text("DATABASE_URL") ?? DEFAULT_PATH;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") return readPostgres(reader, text, poolSize);
  return { kind: "sqlite", path: readPath(reader, text, scheme) };
}

function readPoolSize(reader: SettingsReader): number {
  return reader.read("DATABASE_POOL_SIZE", {
    parse: (text) => {
      const size = /^\d{1,4}$/.test(text) ? Number(text) : 0;
      return size >= POOL_SIZE_MIN && size <= POOL_SIZE_MAX ? size : undefined;
    },
    expected: `a number of connections from ${POOL_SIZE_MIN} to ${POOL_SIZE_MAX}`,
    fallback: POOL_SIZE_DEFAULT,
    unset: `use ${POOL_SIZE_DEFAULT}`,
  });
}

function readPostgres(reader: SettingsReader, url: string, poolSize: number): DatabaseSetting {
  try {
    parseAddress(url);
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    reader.faults.push(error.message); // it names the setting, and not the password
  }
  return { kind: "postgres", url: new Secret(url), poolSize };
}

function readPath(reader: SettingsReader, text: string, scheme: string | undefined): string {
  if (text.startsWith(":") || (scheme !== undefined && scheme.length > 1)) {
    const expected = "the path of a file, or postgres://user:password@host:5432/database";
    reader.fault(
      "DATABASE_URL",
      `is \`${scheme ?? text}…\`; expected ${expected}. Unset it to use the file ${DEFAULT_PATH}.`,
    );
    return DEFAULT_PATH;
  }
  const fault = fileFault(resolve(text));
  if (fault !== null) {
    reader.fault(
      "DATABASE_URL",
      `is \`${text}\`, ${fault}. Choose a path that this user can write, or unset it to use ${DEFAULT_PATH}.`,
    );
  }
  return resolve(text);
}

/** Why a file cannot be opened or made at `path`, as far as that is seen without touching anything. */
function fileFault(path: string): string | null {
  if (existsSync(path)) {
    if (!statSync(path).isFile()) return "which is not a file";
    return isAccessible(path, constants.R_OK | constants.W_OK) ? null : "which cannot be read and written";
  }
  let folder = dirname(path);
  while (!existsSync(folder)) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) return `but ${folder} is not a folder`;
  return isAccessible(folder, constants.W_OK | constants.X_OK) ? null : `but the folder ${folder} cannot be written`;
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
