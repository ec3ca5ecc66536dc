/** The real server as a child process, on a database in a temporary folder. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const READY_MS_MAX = 30_000;
const STOP_MS_MAX = 30_000;
const POLL_MS = 50;
const PROBE_MS_MAX = 2_000;
/** The end of what a server said that did not start. */
const SAID_CHARS_MAX = 4_000;

/** A running server. `stop` ends it gracefully and throws when it had to be killed or failed. */
export type DemoServer = { url: string; stop: () => Promise<void> };

/** Starts it and waits until it is ready. Throws with what the server said when it does not get there. */
export async function startServer(options: {
  folder: string;
  adminKey: string;
  signal: AbortSignal;
}): Promise<DemoServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../src/start.js")], {
    cwd: options.folder,
    // Nothing of this shell's settings: a demo shows the defaults.
    env: {
      PATH: process.env["PATH"] ?? "",
      NODE_ENV: "development",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: join(options.folder, "demo.db"),
      ADMIN_API_KEY: options.adminKey,
      LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // Ctrl-C is for the demo, which then stops the server in order
  });
  process.once("exit", () => child.kill("SIGKILL")); // does nothing to a server that has stopped
  const closed = once(child, "close");
  let said = "";
  const listen = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-SAID_CHARS_MAX));
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  try {
    await ready({ url, child, signal: options.signal });
  } catch (error) {
    child.kill("SIGKILL");
    await closed; // all that it said has arrived
    options.signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The server did not start: ${why}. It said:\n${said.replaceAll(options.adminKey, "[secret]")}`, {
      cause: error,
    });
  }
  return { url, stop: () => stopped(child) };
}

async function ready({ url, child, signal }: { url: string; child: ChildProcess; signal: AbortSignal }): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Error(`it exited with ${child.exitCode ?? child.signalCode}`);
    const probe = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS_MAX)]);
    const isReady = await fetch(`${url}/readyz`, { signal: probe }).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await pause(POLL_MS, undefined, { signal });
  }
  throw new Error(`it was not ready within ${READY_MS_MAX} ms`);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) {
    child.kill("SIGTERM");
    try {
      await once(child, "exit", { signal: AbortSignal.timeout(STOP_MS_MAX) });
    } catch (error) {
      child.kill("SIGKILL");
      throw new Error(`The server did not stop within ${STOP_MS_MAX} ms and was killed.`, { cause: error });
    }
  }
  if (child.exitCode !== 0) throw new Error(`The server ended with ${child.exitCode ?? child.signalCode}; expected 0.`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo; // it listens on TCP
  probe.close();
  await once(probe, "close");
  return port;
}
