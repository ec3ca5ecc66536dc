/** Runs an npm script as one check: it passes when it exits with 0. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Result } from "./result.ts";

/** The outcome of `npm run <script>`; its output is the report when it fails. */
export async function runCheck(script: string): Promise<Result> {
  const startedAt = performance.now();
  const child = spawn("npm", ["run", "--silent", script], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  const durationMs = performance.now() - startedAt;
  const name = `npm run ${script}`;
  if (code === 0) return { name, passed: 1, failures: [], durationMs };
  return { name, passed: 0, failures: [{ test: null, report: `${out}${err}` }], durationMs };
}
