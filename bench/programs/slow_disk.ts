/**
 * The server on a disk that takes long for every commit, in a process that watches how late its own event loop is: the real
 * server, put together as its program does it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { readConfig } from "../../src/config.ts";
import { createLogger } from "../../src/log.ts";
import type { RunningServer } from "../../src/server.ts";
import { startServer } from "../../src/server.ts";
import { serveCalls } from "./serve_calls.ts";

/** How often the loop is looked at, in ms: a delay is counted beyond that. */
const LOOK_MS = 1;

const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
let server: RunningServer | null = null;
let folder: string | null = null;

const methods = {
  start: async (options: { commitDelayMs: number; adminApiKey: string }): Promise<{ url: string }> => {
    folder = mkdtempSync(join(tmpdir(), "webhooks-bench-"));
    const config = readConfig({
      PORT: "0",
      DATABASE_URL: join(folder, "webhooks.db"),
      ADMIN_API_KEY: options.adminApiKey,
    });
    const onFatal = (error: Error): never => {
      throw error;
    };
    const overrides = { commitDelayMs: options.commitDelayMs };
    server = await startServer({ config, log: createLogger("warn"), onFatal, overrides });
    return { url: server.url };
  },
  /** Begins to watch anew. */
  watch: async (_params: null): Promise<null> => {
    delay.reset();
    delay.enable();
    return null;
  },
  /** How late the loop was since then, in ms. */
  delays: async (_params: null): Promise<{ p50: number; p99: number; max: number }> => {
    const late = (percentile: number): number => delay.percentile(percentile) / 1e6 - LOOK_MS;
    return { p50: late(50), p99: late(99), max: delay.max / 1e6 - LOOK_MS };
  },
  stop: async (_params: null): Promise<null> => {
    await server?.stop({ deadlineMs: 1_000 });
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    return null;
  },
};
/** What this program can be asked. */
export type SlowDiskMethods = typeof methods;
serveCalls(methods);
