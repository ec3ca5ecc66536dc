/** The sender in a thread of its own, so that signing, TLS and parsing never make the main loop wait. */
import { Worker } from "node:worker_threads";
import { assert } from "../assert.ts";
import type { SenderOptions } from "./inline_sender.ts";
import type { SendReport, SendRequest, Sender } from "./sender.ts";
import type { NumberedRequest, ThreadMessage } from "./sender_messages.ts";
import { packRequests, unpackReports } from "./sender_messages.ts";

/** `onFatal` is called once if the thread dies without being stopped; attempts under way are then without a report. */
export type ThreadSenderOptions = SenderOptions & { onFatal: (error: Error) => void };

export class ThreadSender implements Sender {
  readonly #options: ThreadSenderOptions;
  readonly #waiting = new Map<number, (report: SendReport) => void>();
  #worker: Worker | null = null;
  #ready: Promise<void> | null = null;
  #isStopped = false;
  #batch: NumberedRequest[] = [];
  #lastNumber = 0;

  constructor(options: ThreadSenderOptions) {
    this.#options = options;
  }

  /** Resolves when the thread takes requests. Rejects where it cannot be started, as with a bad `caPem`. */
  start(): Promise<void> {
    this.#ready ??= this.#isStopped ? Promise.resolve() : this.#startThread();
    return this.#ready;
  }

  /** Never rejects; never resolves for an attempt that was dropped by {@link stop} or by the thread's death. */
  send(request: SendRequest): Promise<SendReport> {
    return new Promise((resolve) => {
      if (this.#isStopped) return;
      assert(this.#worker !== null, "the sender was used before it was started");
      const number = ++this.#lastNumber;
      this.#waiting.set(number, resolve);
      if (this.#batch.length === 0) setImmediate(() => this.#flush());
      this.#batch.push({ number, request });
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.clear();
    this.#batch = [];
    await this.#worker?.terminate();
  }

  #startThread(): Promise<void> {
    const { onFatal, ...options } = this.#options;
    const worker = new Worker(new URL("./sender_worker.ts", import.meta.url), { workerData: options, name: "sender" });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let isReady = false;
      const die = (error: Error): void => {
        if (this.#isStopped) return;
        this.#isStopped = true;
        this.#waiting.clear();
        if (isReady) onFatal(error);
        else reject(error);
      };
      worker.on("message", (message: ThreadMessage) => {
        if (message.kind === "reports") this.#settle(message);
        else {
          isReady = true;
          resolve();
        }
      });
      worker.on("error", (error) => die(error instanceof Error ? error : new Error(String(error))));
      worker.on("exit", (code) => {
        die(new Error(`the sender's thread ended with code ${code}`));
        resolve(); // stopped before it was ready
      });
    });
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#worker?.postMessage(packRequests(batch));
  }

  #settle(message: Extract<ThreadMessage, { kind: "reports" }>): void {
    for (const { number, report } of unpackReports(message)) {
      const resolve = this.#waiting.get(number);
      this.#waiting.delete(number);
      resolve?.(report);
    }
  }
}
