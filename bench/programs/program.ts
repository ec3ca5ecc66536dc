/** A program of the benchmark in a process of its own, so that its work is not that of what is measured. */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { join } from "node:path";
import type { AnswerMessage, CallMessage, Methods } from "./serve_calls.ts";

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void };

/** `Served` is the type of what the program's file passes to `serveCalls`. */
export class Program<Served extends Methods> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isStopped = false;

  /** Starts the program in this file of the folder. */
  constructor(file: string) {
    this.#child = fork(join(import.meta.dirname, file), { serialization: "advanced" });
    this.#child.on("message", (message: AnswerMessage) => this.#take(message));
    this.#child.on("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended with ${code}`));
      this.#waiting.clear();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with what the program answers; rejects when it throws or ends. */
  call<Name extends keyof Served & string>(
    method: Name,
    params: Parameters<Served[Name]>[0],
  ): Promise<Awaited<ReturnType<Served[Name]>>> {
    const id = ++this.#lastId;
    const message: CallMessage = { id, method, params };
    return new Promise((resolve, reject) => {
      if (this.#isStopped) return reject(new Error("the program was stopped"));
      // True by the program's own types, which name the answer of each method.
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#child.send(message);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#child.kill("SIGKILL");
  }

  #take({ id, value, error }: AnswerMessage): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === null) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }
}
