/** Cursors of lists: opaque to callers, base64url of the key of the last row shown (or looked at). */
import { ApiError } from "../errors.ts";
import type { PageRequest } from "./tenancy.ts";

/** A cursor that stands for `key`. */
export function textCursor(key: string): string {
  return Buffer.from(key, "utf8").toString("base64url");
}

/** What the cursor stands for; null for none. `form` is what a key of this list looks like: anything else is refused. */
export function parseTextCursor(cursor: string | null, form: RegExp): string | null {
  if (cursor === null) return null;
  const key = Buffer.from(cursor, "base64url").toString("utf8");
  if (!form.test(key)) {
    throw new ApiError("CURSOR_INVALID", "The cursor is not one of this list. Use the nextCursor of the last answer.");
  }
  return key;
}

/** A cursor for a row number; null and undefined give none. */
export function numberCursor(no: number | null | undefined): string | null {
  return no === null || no === undefined ? null : textCursor(String(no));
}

/** The row number that the cursor stands for; see {@link parseTextCursor}. */
export function parseNumberCursor(cursor: string | null): number | null {
  const key = parseTextCursor(cursor, /^\d{1,15}$/);
  return key === null ? null : Number(key);
}

/** How many rows the page skips: none when a cursor says where it begins. */
export function pageOffset({ limit, page, cursor }: PageRequest): number {
  return cursor === null ? (page - 1) * limit : 0;
}
