/** The thread that writes: the core with its connection, behind a message boundary, so that no loop waits for the disk. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../assert.ts";
import { systemRandom } from "../../random.ts";
import { SecretBox } from "../../secret_box.ts";
import { openForWriting } from "./open_database.ts";
import { packOutcomes, unpackCall } from "./packed_calls.ts";
import { serve } from "./serve_thread.ts";
import type { ThreadOptions } from "./thread_protocol.ts";
import type { WriteBatch } from "./write_core.ts";
import { WriteCore } from "./write_core.ts";

assert(parentPort !== null, "the writer runs in a worker thread");
const { path, secretKeys, now, commitDelayMs } = workerData as ThreadOptions; // given by ThreadLink

serve<WriteBatch>(parentPort, path, () => {
  const secretBox = new SecretBox(secretKeys, systemRandom);
  const sql = openForWriting({ path, now, secretBox });
  const core = new WriteCore({ sql, secretBox, random: systemRandom, commitDelayMs });
  return {
    run: ({ now: at, calls: packed }) => {
      const calls = packed.map(unpackCall);
      return packOutcomes(calls, core.run({ now: at, calls }));
    },
    close: () => sql.close(),
  };
});
