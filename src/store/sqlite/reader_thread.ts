/** The thread that reads, on a read-only connection of its own: a slow look into the history delays no commit. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../assert.ts";
import { systemRandom } from "../../random.ts";
import { SecretBox } from "../../secret_box.ts";
import { Connection } from "./connection.ts";
import type { ReadBatch } from "./read_core.ts";
import { ReadCore } from "./read_core.ts";
import { serve } from "./serve_thread.ts";
import type { ThreadOptions } from "./thread_protocol.ts";

assert(parentPort !== null, "the reader runs in a worker thread");
const { path, secretKeys } = workerData as ThreadOptions; // given by ThreadLink

serve<ReadBatch>(parentPort, path, () => {
  const sql = new Connection(path, { readOnly: true });
  const core = new ReadCore({ sql, secretBox: new SecretBox(secretKeys, systemRandom) });
  return { run: (batch) => core.run(batch), close: () => sql.close() };
});
