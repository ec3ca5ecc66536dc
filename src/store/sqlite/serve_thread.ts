/** The inside of a store thread: opens its core, answers batches one by one, closes on request. */
import type { MessagePort } from "node:worker_threads";
import type { Outcome } from "./failure.ts";
import { openError } from "./files.ts";
import type { ReadBatch } from "./read_core.ts";
import type { ThreadAnswer, ThreadRequest } from "./thread_protocol.ts";
import type { WriteBatch } from "./write_core.ts";

/** A core of either kind. */
type Core<Batch> = { run: (batch: Batch) => Outcome[]; close: () => void };

/** Serves until it is told to close; then the thread ends by itself, for nothing keeps it alive. */
export function serve<Batch extends ReadBatch | WriteBatch>(
  port: MessagePort,
  path: string,
  open: () => Core<Batch>,
): void {
  const answer = (message: ThreadAnswer): void => port.postMessage(message);
  let core: Core<Batch>;
  try {
    core = open();
  } catch (error) {
    answer({ kind: "openFailed", message: openError(path, error).message });
    return;
  }
  port.on("message", (request: ThreadRequest<Batch>) => {
    if (request !== "close") {
      answer({ kind: "done", outcomes: core.run(request) });
      return;
    }
    core.close();
    port.close();
  });
  answer({ kind: "opened" });
}
