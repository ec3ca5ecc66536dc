/** The real server as its own process, on a free port and a database of its own. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "../../../src/assert.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** As `npm start` runs it. */
const ENTRY = join(ROOT, "src/start.js");
/** The operator's key of every server under test. */
export const ADMIN_API_KEY = "skv2_operator_6f9619ff-8b86-4011-b42d-00c04fc964ff_0123456789abcdefghijklmnopqrstuv";
const READY_MS_MAX = 90_000;

/** A port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has a port
  server.close();
  await once(server, "close");
  return port;
}

/** A folder, a port and settings that outlive the process, so that it can be killed and started again. */
export class ServerProcess {
  readonly folder = mkdtempSync(join(tmpdir(), "webhooks-e2e-"));
  readonly port: number;
  readonly url: string;
  stdout = "";
  stderr = "";
  readonly #env: Record<string, string>;
  readonly #entry: string;
  #child: ChildProcess | null = null;

  /** `entry`: what is run, in place of src/start.js. */
  constructor(options: { port: number; env?: Record<string, string>; entry?: string }) {
    this.port = options.port;
    this.url = `http://127.0.0.1:${options.port}`;
    this.#entry = options.entry ?? ENTRY;
    this.#env = {
      PORT: String(options.port),
      DATABASE_URL: join(this.folder, "webhooks.db"),
      LOG_LEVEL: "warn",
      ADMIN_API_KEY,
      PATH: process.env["PATH"] ?? "",
      ...options.env,
    };
  }

  get pid(): number {
    assert(this.child.pid !== undefined, "the server is not running");
    return this.child.pid;
  }

  /** The process that was started last. */
  get child(): ChildProcess {
    assert(this.#child !== null, "the server was not started");
    return this.#child;
  }

  /** Starts it, and resolves when it is ready. */
  async start(): Promise<void> {
    const exit = this.spawn();
    const deadlineAt = Date.now() + READY_MS_MAX;
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.status === 200) return;
      const ended = await Promise.race([exit, new Promise<null>((resolve) => setTimeout(resolve, 50, null))]);
      assert(ended === null, `the server ended with ${ended?.code}: ${this.stdout}${this.stderr}`);
      assert(Date.now() < deadlineAt, `the server is not ready in time: ${this.stdout}${this.stderr}`);
    }
  }

  /** Starts it without waiting; resolves with its end. */
  spawn(): Promise<{ code: number | null; signal: string | null }> {
    const child = spawn(process.execPath, [this.#entry], { env: this.#env, cwd: this.folder });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    return new Promise((resolve) => {
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
  }

  /** Sends the signal, and resolves with how the process ended. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<{ code: number | null; signal: string | null }> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) {
      return { code: child?.exitCode ?? null, signal: child?.signalCode ?? null };
    }
    const closed = once(child, "close") as Promise<[number | null, string | null]>; // what `close` is emitted with
    child.kill(signal);
    const [code, by] = await closed;
    return { code, signal: by };
  }

  /** Stops the process in its tracks, as a machine that hangs does, until it is told to go on. */
  freeze(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  /** Lets a frozen process go on. */
  thaw(): void {
    process.kill(this.pid, "SIGCONT");
  }

  /** Ends the process, and removes its folder. */
  async remove(): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}
