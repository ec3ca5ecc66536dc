/** The outside of a store thread: starts it, passes one batch at a time, and tells when it dies. */
import { Worker } from "node:worker_threads";
import { assert } from "../../assert.ts";
import { StoreOpenError, StoreUnavailable } from "../store.ts";
import type { Outcome } from "./failure.ts";
import type { ReadBatch } from "./read_core.ts";
import type { ThreadAnswer, ThreadOptions, ThreadRequest } from "./thread_protocol.ts";
import type { WriteBatch } from "./write_core.ts";

type ThreadLinkOptions = {
  file: URL;
  /** As the operating system shows the thread, such as `store-writer`: at most 15 characters. */
  name: string;
  thread: ThreadOptions;
  /** Called once when the thread ends without having been told to. */
  onDeath: (error: Error) => void;
};

type Waiting = { resolve: (outcomes: Outcome[]) => void; reject: (error: Error) => void };

/** A running store thread. */
export class ThreadLink<Batch extends ReadBatch | WriteBatch> {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #opening: Waiting | null = null;
  #waiting: Waiting | null = null;
  #isClosing = false;
  #dead: Error | null = null;

  private constructor({ file, name, thread, onDeath }: ThreadLinkOptions) {
    this.#worker = new Worker(file, { workerData: thread, name });
    this.#worker.on("message", (message: ThreadAnswer) => this.#take(message));
    this.#worker.on("error", (error: unknown) => this.#die(error, onDeath));
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        if (!this.#isClosing) this.#die(new Error(`it ended with code ${code}`), onDeath);
        resolve();
      });
    });
  }

  /** Starts the thread; resolves when its database is open, rejects with StoreOpenError when it cannot be. */
  static async open<Batch extends ReadBatch | WriteBatch>(options: ThreadLinkOptions): Promise<ThreadLink<Batch>> {
    const link = new ThreadLink<Batch>(options);
    await new Promise<Outcome[]>((resolve, reject) => {
      link.#opening = { resolve, reject };
    });
    return link;
  }

  /** Runs a batch; the next one may come when this one is done. Rejects when the thread is dead. */
  run(batch: Batch): Promise<Outcome[]> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    assert(this.#waiting === null, "a store thread was given a batch before it had answered the last one");
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#post(batch);
    });
  }

  /** Resolves when the thread has closed its database and ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#dead === null) this.#post("close");
    await this.#exited;
  }

  #post(request: ThreadRequest<Batch>): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(request);
  }

  #take(message: ThreadAnswer): void {
    switch (message.kind) {
      case "opened":
        this.#opening?.resolve([]);
        break;
      case "openFailed":
        this.#isClosing = true;
        this.#opening?.reject(new StoreOpenError(message.message));
        break;
      case "done": {
        const waiting = this.#waiting;
        this.#waiting = null;
        waiting?.resolve(message.outcomes);
        break;
      }
    }
  }

  #die(cause: unknown, onDeath: (error: Error) => void): void {
    if (this.#dead !== null) return;
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#dead = new StoreUnavailable(`a thread of the store died: ${reason}`, { cause });
    this.#opening?.reject(this.#dead);
    this.#waiting?.reject(this.#dead);
    this.#waiting = null;
    onDeath(this.#dead);
  }
}
