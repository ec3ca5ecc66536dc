/** Structured logs (one JSON object a line, on stderr), with secrets redacted. */
import { pino, stdSerializers } from "pino";
import type { Logger as PinoLogger } from "pino";
import { redacted } from "./redaction.ts";

/** What the product logs through. Payloads, tokens and secrets are never passed to it. */
export type Logger = PinoLogger;

/** The levels of `LOG_LEVEL`. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the surroundings are to blame for needs no stack: it is one line in the log. */
function errorOf(error: Error): object {
  if (error.name !== "StoreUnavailable") return stdSerializers.err(error);
  return { type: error.name, message: error.message };
}

/** A logger that writes to stderr, so that stdout keeps what a person is to read. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: errorOf },
      hooks: { streamWrite: redacted },
    },
    pino.destination({ dest: 2, sync: false, minLength: 0 }),
  );
}
