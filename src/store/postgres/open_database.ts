/** Opening the database: the server is one that can be used, migrations are applied, the master key is the right one. */
import pg from "pg";
import type { SecretBox } from "../../secret_box.ts";
import { StoreOpenError } from "../store.ts";
import type { DatabaseAddress } from "./address.ts";
import { Connection, Statements } from "./connection.ts";
import { faultOf, sqlState } from "./failure.ts";
import { checkMasterKey } from "./master_key.ts";
import { migrateOnce, readMigrations } from "./migrate.ts";
import { PLANNED_ALWAYS } from "./plans.ts";
import { clientConfig } from "./pool.ts";

const VERSION_MIN = 150_000;

const READ_SERVER = `
  select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding,
    floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now`;

/** Brings the database up to date. `clock` makes the store's time of the database's. Throws StoreOpenError. */
export async function prepareDatabase(options: {
  address: DatabaseAddress;
  secretBox: SecretBox;
  clock: (databaseNow: number) => number;
}): Promise<void> {
  const { address, secretBox, clock } = options;
  const client = new pg.Client(clientConfig(address));
  client.on("error", () => undefined); // what is being asked for fails, and tells
  try {
    await client.connect();
    const sql = new Connection({ client, statements: new Statements({ usesPrepared: false }), plans: PLANNED_ALWAYS });
    const now = clock(await checkServer(sql, address));
    const migrations = readMigrations();
    const database = address.name;
    const step = (): Promise<boolean> => migrateOnce(sql, { migrations, now, database });
    while (await inTransaction(sql, step));
    await inTransaction(sql, () => checkMasterKey(sql, { box: secretBox, database }));
  } catch (error) {
    throw openError(address, error);
  } finally {
    await client.end().catch(() => undefined); // it was never opened, or is lost
  }
}

/** The database's time. */
async function checkServer(sql: Connection, address: DatabaseAddress): Promise<number> {
  const server = await sql.get<{ version: number; encoding: string; now: number }>(READ_SERVER);
  if (server === undefined || server.version < VERSION_MIN) {
    const found = Math.floor((server?.version ?? 0) / 10_000);
    throw new StoreOpenError(
      `The database ${address.name} is on PostgreSQL ${found}; it must be ${VERSION_MIN / 10_000} or newer. Upgrade the ` +
        `server, or set DATABASE_URL to another one.`,
    );
  }
  if (server.encoding !== "UTF8") {
    throw new StoreOpenError(
      `The database ${address.name} has the encoding ${server.encoding}; it must be UTF8. Make another one with ` +
        `\`create database … encoding 'UTF8' template template0\`.`,
    );
  }
  return server.now;
}

async function inTransaction<Result>(sql: Connection, work: () => Promise<Result>): Promise<Result> {
  await sql.exec("begin");
  try {
    const result = await work();
    await sql.exec("commit");
    return result;
  } catch (error) {
    await sql.exec("rollback").catch(() => undefined); // the error that led here is the one to be told
    throw error;
  }
}

function openError(address: DatabaseAddress, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const message = `The database ${address.name} cannot be opened: ${faultOf(error)}. ${remedy(error)}`;
  return new StoreOpenError(message, { cause: error });
}

function remedy(error: unknown): string {
  switch (sqlState(error)) {
    case "28P01":
    case "28000":
      return "Correct user and password in DATABASE_URL, or let this user in (pg_hba.conf).";
    case "3D000":
      return "Make it with `create database`, or correct its name in DATABASE_URL.";
    case "42501":
      return "Let this user create tables there: make it the owner of the database, or grant it `create` on the schema.";
    case "53300":
      return "Raise max_connections, or lower the pools of the processes that use it.";
    case null:
      return "Check that the server runs and can be reached from here under the host and port of DATABASE_URL.";
    default:
      return "The server's log tells more.";
  }
}
