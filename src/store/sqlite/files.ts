/** The files of the database: made with the right modes, and every fault of the path told with its remedy. */
import { closeSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../../folder.ts";
import { StoreOpenError } from "../store.ts";
import { sqliteCode } from "./failure.ts";

const NOT_A_DATABASE = 26;

/** Makes the folder (0700), the database file and its companion for the lock (0600), as far as they are missing. */
export function prepareFiles(path: string): void {
  try {
    makeFolder(dirname(path));
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new StoreOpenError(`The database path ${path} is a folder. Set DATABASE_URL to a file in it.`);
    }
    for (const file of [`${path}.lock`, path]) makePrivate(file);
  } catch (error) {
    throw openError(path, error);
  }
}

/** Existing files are never opened here: closing them would free SQLite's locks on them. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, "ax", 0o600));
  } catch (error) {
    if (fileCode(error) !== "EEXIST") throw error;
  }
}

/** What opening the database threw, as an error that says what to do. */
export function openError(path: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreOpenError(`The database ${path} cannot be opened: ${message}. ${remedy(error)}`, { cause: error });
}

function remedy(error: unknown): string {
  if (((sqliteCode(error) ?? 0) & 0xff) === NOT_A_DATABASE) {
    return "The file is not a SQLite database. Move it away, or set DATABASE_URL to another file.";
  }
  switch (fileCode(error)) {
    case "ENOTDIR":
    case "EEXIST":
      return "A part of the path is a file, not a folder. Set DATABASE_URL to another path.";
    case "ENOSPC":
      return "The disk is full. Make room, or set DATABASE_URL to a file on another disk.";
    case "EROFS":
      return "The disk is read-only. Set DATABASE_URL to a file on a disk that can be written.";
    default:
      return "Check that the folder exists and that this user may write there, or set DATABASE_URL to another file.";
  }
}

function fileCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
