/**
 * The database's address: a URL as `pg` takes it, with two parameters of our own. `prepare=false` sends every statement
 * unprepared and `listen=false` opens no connection for notices: for poolers that give each transaction another session.
 */
import { StoreOpenError } from "../store.ts";

/** Where the database is, and what the way there allows. */
export type DatabaseAddress = {
  /** For `pg`, without our own parameters. Has the password. */
  connectionString: string;
  /** For messages: host and database alone. */
  name: string;
  usesPrepared: boolean;
  usesListen: boolean;
};

/** Parses `postgres://user:password@host:port/database?…`. Throws StoreOpenError, without the password. */
export function parseAddress(url: string): DatabaseAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(?:ql)?:$/.test(parsed.protocol) || parsed.pathname.length < 2) {
    const form = "postgres://user:password@host:5432/database";
    throw new StoreOpenError(`DATABASE_URL is no address of a PostgreSQL database. Set it to one such as ${form}.`);
  }
  const usesPrepared = takeSwitch(parsed, "prepare");
  const usesListen = takeSwitch(parsed, "listen");
  const host = parsed.searchParams.get("host") ?? parsed.host;
  return { connectionString: parsed.href, name: `${host}${parsed.pathname}`, usesPrepared, usesListen };
}

/** Reads a parameter of ours and takes it out of the URL. Default true. */
function takeSwitch(url: URL, name: string): boolean {
  const value = url.searchParams.get(name) ?? "true";
  url.searchParams.delete(name);
  if (value !== "true" && value !== "false") {
    throw new StoreOpenError(`DATABASE_URL has ${name}=${value}. Set ${name} to true or false, or leave it out.`);
  }
  return value === "true";
}
