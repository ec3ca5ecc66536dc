/** Where the cores of a store run: in two threads, or in the caller's own. */
import type { Random } from "../../random.ts";
import { SecretBox } from "../../secret_box.ts";
import { openForWriting } from "./open_database.ts";
import type { Outcome } from "./failure.ts";
import { openError } from "./files.ts";
import { packCall, unpackOutcomes } from "./packed_calls.ts";
import type { ReadBatch } from "./read_core.ts";
import { ReadCore } from "./read_core.ts";
import type { ThreadOptions } from "./thread_protocol.ts";
import { ThreadLink } from "./thread_link.ts";
import type { WriteBatch } from "./write_core.ts";
import { WriteCore } from "./write_core.ts";

/** The cores, wherever they run. */
export type Backend = {
  /** One batch at a time, each. They reject only when the backend is dead. */
  write: (batch: WriteBatch) => Promise<readonly Outcome[]>;
  read: (batch: ReadBatch) => Promise<readonly Outcome[]>;
  /** Resolves when the database is closed. */
  close: () => Promise<void>;
};

/** Two threads. `onDeath` is called when one of them ends by itself. Throws StoreOpenError. */
export async function openThreads(thread: ThreadOptions, onDeath: (error: Error) => void): Promise<Backend> {
  const writerFile = new URL("./writer_thread.ts", import.meta.url);
  const readerFile = new URL("./reader_thread.ts", import.meta.url);
  const writer = await ThreadLink.open<WriteBatch>({ file: writerFile, name: "store-writer", thread, onDeath });
  try {
    const reader = await ThreadLink.open<ReadBatch>({ file: readerFile, name: "store-reader", thread, onDeath });
    return {
      write: async ({ now, calls }) => unpackOutcomes(calls, await writer.run({ now, calls: calls.map(packCall) })),
      read: (batch) => reader.run(batch),
      close: async () => {
        await reader.close(); // first, so that the writer is the last to close and leaves no write-ahead log
        await writer.close();
      },
    };
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** The caller's thread, one connection for both: for simulations. Throws StoreOpenError. */
export function openInline(options: ThreadOptions & { random: Random }): Backend {
  const { path, now, random, commitDelayMs } = options;
  const secretBox = new SecretBox(options.secretKeys, random);
  try {
    const sql = openForWriting({ path, now, secretBox });
    const writer = new WriteCore({ sql, secretBox, random, commitDelayMs });
    const reader = new ReadCore({ sql, secretBox });
    return {
      write: (batch) => Promise.resolve(writer.run(batch)),
      read: (batch) => Promise.resolve(reader.run(batch)),
      close: () => Promise.resolve(sql.close()),
    };
  } catch (error) {
    throw openError(path, error);
  }
}
