/** Runs one test file in a process of its own, with one deadline for all of it. */
import { resolve } from "node:path";
import { run } from "node:test";
import type { EventData } from "node:test";
import { inspect } from "node:util";
import type { Failure, Result } from "./result.ts";

/**
 * The outcome of a file. Besides failed tests, these count as one failure: a file that does not load, that crashes, that
 * holds no test, or whose process has not ended at the deadline (something it started is still open).
 */
export async function runTestFile(params: { root: string; file: string; timeoutMs: number }): Promise<Result> {
  const { root, file, timeoutMs } = params;
  const startedAt = performance.now();
  const path = resolve(root, file);
  const tally = new Tally(path);
  const signal = AbortSignal.timeout(timeoutMs);
  const events = run({ files: [path], cwd: root, concurrency: 1, timeout: timeoutMs, signal });
  for await (const { type, data } of events) {
    if (type === "test:pass") tally.pass(data);
    else if (type === "test:fail") tally.fail(data);
    else if (type === "test:stdout" || type === "test:stderr") tally.output += data.message;
  }
  if (signal.aborted) tally.failWhole(`it had not ended after ${timeoutMs / 1000} s: close what the tests open`);
  return { name: file, ...tally.result(), durationMs: performance.now() - startedAt };
}

class Tally {
  output = "";
  readonly #path: string;
  readonly #failures: Failure[] = [];
  readonly #skipped: string[] = [];
  #passed = 0;
  #wholeFileReport: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  pass(event: EventData.TestPass): void {
    const isSuite = event.details.type === "suite";
    if (isSuite || this.#isWholeFile(event)) return;
    if (!this.#isSkipped(event)) this.#passed++;
  }

  fail(event: EventData.TestFail): void {
    const error = event.details.error;
    if (this.#isWholeFile(event)) return this.failWhole(`it ended early: ${error.message}`);
    if (this.#isSkipped(event)) return;
    const kind: unknown = "failureType" in error ? error.failureType : null;
    const isOnlyParent = kind === "subtestsFailed";
    if (isOnlyParent && event.details.type === "suite") return;
    const report = isOnlyParent ? error.message : inspect(error.cause ?? error);
    const place = event.line === undefined ? "" : `line ${event.line}: `;
    this.#failures.push({ test: event.name, report: `${place}${report}` });
  }

  /** The first reason stays: what follows it is its consequence. */
  failWhole(report: string): void {
    this.#wholeFileReport ??= report;
  }

  result(): { passed: number; failures: Failure[]; skipped: string[] } {
    const found = this.#passed + this.#failures.length + this.#skipped.length;
    if (found === 0) this.failWhole("it holds no test");
    const failures = [...this.#failures];
    if (this.#wholeFileReport !== null) failures.push({ test: null, report: this.#wholeFileReport });
    const last = failures.pop();
    if (last !== undefined) {
      const output = this.output === "" ? "" : `\noutput of the file:\n${this.output}`;
      failures.push({ test: last.test, report: `${last.report}${output}` });
    }
    return { passed: this.#passed, failures, skipped: this.#skipped };
  }

  /** The runner reports a file under its path when its process fails, or when it holds no test. */
  #isWholeFile(event: { name: string }): boolean {
    return event.name === this.#path;
  }

  #isSkipped(event: EventData.TestPass | EventData.TestFail): boolean {
    const reason = event.skip ?? event.todo;
    if (reason === undefined || reason === false) return false;
    this.#skipped.push(reason === true || reason === "" ? event.name : `${event.name} (${reason})`);
    return true;
  }
}
