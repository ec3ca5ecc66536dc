/** A port whose queue of connections is full: the system leaves further ones without an answer, as a black hole does. */
import type { Socket } from "node:net";
import { connect } from "node:net";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Listens, tells the port, and never accepts: the thread sleeps for good. */
const LISTENER = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;
/** As many as the system queues for a backlog of 1. */
const QUEUED = 2;
/** More than that, so that the queue is surely full; those that find no place are part of it. */
const FILLERS = 4;

/** The port, and what ends it. */
export async function startFullBacklog(): Promise<{ port: number; close: () => Promise<void> }> {
  const worker = new Worker(LISTENER, { eval: true });
  const [port] = (await once(worker, "message")) as [number]; // what the listener posts
  let connected = 0;
  const { promise: isFull, resolve } = Promise.withResolvers<void>();
  const fillers: Socket[] = Array.from({ length: FILLERS }, () =>
    connect({ port, host: "127.0.0.1" }, () => {
      if (++connected === QUEUED) resolve();
    }).on("error", () => {}),
  );
  await isFull;
  return {
    port,
    close: async () => {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
