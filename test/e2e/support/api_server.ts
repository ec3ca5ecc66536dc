/** The server in the process of the test, on a database of its own; every answer is compared with the reference. */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { assert } from "../../../src/assert.ts";
import type { Clock } from "../../../src/clock.ts";
import { systemClock } from "../../../src/clock.ts";
import { readConfig } from "../../../src/config.ts";
import { createLogger } from "../../../src/log.ts";
import type { RunningServer, ServerOptions } from "../../../src/server.ts";
import { startServer } from "../../../src/server.ts";
import { startServer as startPostgres } from "../../contract/postgres_server.ts";
import type { Answer } from "./api_client.ts";
import { ApiClient } from "./api_client.ts";
import { Receiver } from "./receiver.ts";
import { ResponseChecker } from "./response_checker.ts";
import { ADMIN_API_KEY } from "./server_process.ts";

/** A client whose answers are checked. */
export class CheckedClient extends ApiClient {
  readonly #server: ApiServer;
  readonly #key: string;

  constructor(server: ApiServer, key: string = ADMIN_API_KEY) {
    super({ url: server.url, key });
    this.#server = server;
    this.#key = key;
  }

  override as(key: string): CheckedClient {
    return new CheckedClient(this.#server, key);
  }

  override async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await super.call(method, path, body, headers);
    this.#server.checker.check({ method, path }, answer);
    return answer;
  }

  /** POSTs bytes that are no text. */
  async callBytes(path: string, bytes: Buffer): Promise<{ status: number; json: Record<string, unknown> }> {
    const headers = { authorization: `Bearer ${this.#key}`, "content-type": "application/json" };
    const answer = await fetch(this.#server.url + path, { method: "POST", headers, body: new Uint8Array(bytes) });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  }

  /** A call that must be refused with this status and code. */
  async refused(expected: `${number} ${string}`, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.must(Number(expected.split(" ")[0]), method, path, body);
    const { code, requestId } = answer.json;
    assert(`${answer.status} ${String(code)}` === expected, `${method} ${path}: ${answer.text}`);
    assert(typeof requestId === "string" && requestId === answer.headers.get("x-request-id"), "no request id");
    return answer;
  }
}

/** A running server and what tests need of it. */
export class ApiServer {
  readonly running: RunningServer;
  readonly checker: ResponseChecker;
  /** Its own OpenAPI document. */
  readonly reference: unknown;
  readonly operator: CheckedClient;
  /** Added to the time that the API and the store see, in ms. */
  readonly shift: { ms: number };

  constructor(parts: { running: RunningServer; reference: unknown; shift: { ms: number } }) {
    this.running = parts.running;
    this.shift = parts.shift;
    this.reference = parts.reference;
    this.checker = new ResponseChecker(parts.reference);
    this.operator = new CheckedClient(this);
  }

  get url(): string {
    return this.running.url;
  }

  /** A new application with clients for its DEVELOPMENT environment, and one that publishes. */
  async tenant(): Promise<TestTenant> {
    const created = await this.operator.newTenant();
    return {
      ...created,
      tenant: this.operator.as(created.tenantKey),
      platform: this.operator.as((await this.operator.must(201, "POST", "/v4/api-keys", {})).json["apiKey"] as string),
    };
  }
}

/** See {@link ApiServer.tenant}. */
export type TestTenant = {
  appId: string;
  base: string;
  tenantKey: string;
  tenant: CheckedClient;
  platform: CheckedClient;
};

/**
 * Starts a server for a whole test file: its start takes longer than most tests. Each test makes a tenant of its own, so
 * nothing is shared but the process.
 */
export async function startApiServer(
  env: Record<string, string> = {},
  overrides: ServerOptions["overrides"] = {},
): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-api-"));
  const shift = { ms: 0 };
  const clock: Clock = { ...systemClock, now: () => Date.now() + shift.ms };
  const database = process.env["TEST_STORE"] === "postgres" ? await newPostgres() : newFile(folder);
  const running = await startServer({
    config: readConfig({ PORT: "0", ADMIN_API_KEY, RETRY_SCHEDULE: "", ...database.env, ...env }),
    log: createLogger("silent"),
    onFatal: (error) => {
      throw error;
    },
    overrides: { clock, hostResolves: async (url) => !url.hostname.endsWith(".invalid"), ...overrides },
  });
  after(async () => {
    await running.stop({ deadlineMs: 5_000 });
    await rm(folder, { recursive: true, force: true });
    await database.remove();
  });
  const reference: unknown = await (await fetch(`${running.url}/openapi.json`)).json();
  return new ApiServer({ running, reference, shift });
}

/** The settings of a database of its own, and how to remove it. */
type TestDatabase = { env: Record<string, string>; remove: () => Promise<void> };

function newFile(folder: string): TestDatabase {
  return { env: { DATABASE_URL: join(folder, "w.db") }, remove: () => Promise.resolve() };
}

async function newPostgres(): Promise<TestDatabase> {
  const server = await startPostgres();
  const { url } = await server.createDatabase();
  const env = { DATABASE_URL: url, MASTER_KEY: Buffer.alloc(32, 6).toString("base64") };
  return { env, remove: () => server.stop() };
}

/** A receiver for a whole test file; answers 200 unless told otherwise. */
export async function startReceiver(): Promise<Receiver> {
  const receiver = new Receiver();
  await receiver.start();
  after(() => receiver.stop());
  return receiver;
}

/** Every 10 ms, for 20 s and more: the machine may be busy with other tests. */
const TRIES_MAX = 2_000;

/** Calls until the answer satisfies, for what becomes true soon after a delivery. */
export async function eventually<Value>(
  read: () => Promise<Value>,
  isThere: (value: Value) => boolean,
): Promise<Value> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const value = await read();
    if (isThere(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not happen in time");
}
