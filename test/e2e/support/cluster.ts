/** Several processes of the real server on one PostgreSQL database, each with its role, to be killed and started again. */
import pg from "pg";
import type { Role } from "../../../src/role.ts";
import type { TestServer } from "../../contract/postgres_server.ts";
import { startServer } from "../../contract/postgres_server.ts";
import { DatabaseProxy } from "./database_proxy.ts";
import { ServerProcess, freePort } from "./server_process.ts";

/** Of every process. */
export const CLUSTER_MASTER_KEY = Buffer.alloc(32, 5).toString("base64");

/** What every process is started with, unless a test says otherwise: deaths are noticed within 10 seconds. */
const SETTINGS = {
  DELIVERY_TIMEOUT: "5s",
  LEASE_MARGIN: "5s",
  MASTER_KEY: CLUSTER_MASTER_KEY,
  DATABASE_POOL_SIZE: "11",
};

/** A database with its processes. */
export class Cluster {
  readonly databaseUrl: string;
  /** What the processes reach the database through. */
  readonly proxy: DatabaseProxy;
  readonly #server: TestServer;
  readonly #parameters: string;
  readonly #processes: ServerProcess[] = [];

  private constructor(parts: { server: TestServer; databaseUrl: string; proxy: DatabaseProxy; parameters: string }) {
    this.#parameters = parts.parameters;
    this.#server = parts.server;
    this.databaseUrl = parts.databaseUrl;
    this.proxy = parts.proxy;
  }

  /** A PostgreSQL server with an empty database. `parameters`: of the URL that the processes are given. */
  static async start({ parameters = "" }: { parameters?: string } = {}): Promise<Cluster> {
    const server = await startServer();
    const { url } = await server.createDatabase();
    const proxy = new DatabaseProxy(new URL(url));
    await proxy.open();
    return new Cluster({ server, databaseUrl: url, proxy, parameters });
  }

  /** The rows of a statement on the database itself. */
  async query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** A process, not started yet. */
  async add(role: Role, env: Record<string, string> = {}): Promise<ServerProcess> {
    const port = await freePort();
    const DATABASE_URL = `${this.proxy.urlOf(this.databaseUrl)}?${this.#parameters}`;
    const added = new ServerProcess({ port, env: { ...SETTINGS, DATABASE_URL, ROLE: role, ...env } });
    this.#processes.push(added);
    return added;
  }

  /** Adds a process and waits until it is ready. */
  async startOne(role: Role, env: Record<string, string> = {}): Promise<ServerProcess> {
    const added = await this.add(role, env);
    await added.start();
    return added;
  }

  /** Ends everything and removes what it left. */
  async remove(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.remove()));
    await this.proxy.close();
    await this.#server.stop();
  }
}
