/** All bad receivers at once, in a thread of their own so that their floods keep no test waiting, and their name server. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { answerOfName } from "./bad_receivers.ts";
import { startNameServer } from "./name_server.ts";

/** One that runs, with the code that an attempt at it must end in. */
export type PlacedReceiver = { what: string; code: string; url: string };

/** Those that run, the name server that some of them need, and the authority of their certificates. */
export type BadWorld = {
  receivers: readonly PlacedReceiver[];
  nameServer: string;
  caPem: string;
  close(): Promise<void>;
};

/** Starts them all. */
export async function startBadWorld(): Promise<BadWorld> {
  const worker = new Worker(new URL("./bad_world_thread.ts", import.meta.url));
  const [placed] = (await once(worker, "message")) as [Pick<BadWorld, "receivers" | "caPem">]; // what the thread posts
  const nameServer = await startNameServer(answerOfName);
  return {
    ...placed,
    nameServer: `127.0.0.1:${nameServer.port}`,
    close: async () => {
      await Promise.all([worker.terminate(), nameServer.close()]);
    },
  };
}
