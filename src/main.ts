/** Starts the server: configuration, then everything else; prints what to do next; stops when asked to. */
import { inspect } from "node:util";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { ApiError } from "./errors.ts";
import { startText, workerText } from "./first_start.ts";
import { createLogger } from "./log.ts";
import { redacted } from "./redaction.ts";
import type { RunningServer } from "./server.ts";
import { startServer } from "./server.ts";
import { ConfigError } from "./settings_reader.ts";
import { StoreOpenError } from "./store/store.ts";

/** The operator has to change something before a new start can succeed. */
const EXIT_MISCONFIGURED = 2;
const EXIT_FAILED = 1;
/** How long attempts under way may take at a stop; a webhook's own limit is at most as long. */
const DRAIN_MS = 30_000;
/** After so long a stop is given up. */
const STOP_MS_MAX = 40_000;

/** The same request to stop may come twice: from a terminal or supervisor to the whole group, and passed on by npm. */
const SAME_SIGNAL_MS = 1_000;

let stoppingSinceMs: number | null = null;

process.on("uncaughtException", (error) => exit(EXIT_FAILED, `Fatal: ${inspect(error)}`));
const config = configOrExit();
const log = createLogger(config.logLevel);
const server = await serverOrExit(config);
process.stdout.write(
  config.role === "worker" ? workerText(server.url) : startText(server.firstStart, config.publicUrl ?? server.url),
);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => onSignal(signal));

function onSignal(signal: NodeJS.Signals): void {
  if (stoppingSinceMs !== null) {
    if (systemClock.monotonicMs() - stoppingSinceMs < SAME_SIGNAL_MS) return;
    exit(EXIT_FAILED, `A second ${signal}: stopped at once. What was under way is repeated at the next start.`);
  }
  stoppingSinceMs = systemClock.monotonicMs();
  log.info({ signal }, "stopping");
  systemClock.setTimer(() => exit(EXIT_FAILED, `Not stopped within ${STOP_MS_MAX / 1000} s; given up.`), STOP_MS_MAX);
  void stopAndExit(server);
}

async function stopAndExit(running: RunningServer): Promise<never> {
  try {
    if (await running.stop({ deadlineMs: DRAIN_MS })) process.exit(0);
    return exit(EXIT_FAILED, "Some attempts were still under way; they are repeated at the next start.");
  } catch (error) {
    return exit(EXIT_FAILED, `The stop failed: ${String(error)}`);
  }
}

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return exit(EXIT_MISCONFIGURED, error.message);
    throw error;
  }
}

async function serverOrExit(settings: Config): Promise<RunningServer> {
  try {
    return await startServer({
      config: settings,
      log,
      onFatal: (error) => exit(EXIT_FAILED, `Fatal: ${error.message}`),
    });
  } catch (error) {
    const fault = startFault(error, settings);
    if (fault !== null) return exit(EXIT_MISCONFIGURED, fault);
    throw error;
  }
}

/** Why the start failed, where the operator can mend it. */
function startFault(error: unknown, { host, port }: Config): string | null {
  if (error instanceof StoreOpenError || error instanceof ApiError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "EADDRINUSE":
      return `The address ${host}:${port} is in use. Stop the other server, or set PORT to another port (0: any free one).`;
    case "EACCES":
      return `This user may not listen on ${host}:${port}. Set PORT to 1024 or above.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST is \`${host}\`, which is no address of this machine. Set it to one that is, such as 127.0.0.1.`;
    default:
      return null;
  }
}

function exit(code: number, message: string): never {
  process.stderr.write(`${redacted(message)}\n`);
  process.exit(code);
}
