/** The thread of {@link startBadWorld}: all bad receivers at once. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { parentPort } from "node:worker_threads";
import { assert } from "../../src/assert.ts";
import type { BadReceiver } from "./bad_receivers.ts";
import { BAD_RECEIVERS, TRUSTED_CA_PEM } from "./bad_receivers.ts";
import type { PlacedReceiver } from "./bad_world.ts";
import { startFullBacklog } from "./full_backlog.ts";
import { startRawReceiver } from "./raw_receiver.ts";

const receivers: PlacedReceiver[] = [];
for (const receiver of BAD_RECEIVERS) {
  receivers.push({ what: receiver.what, code: receiver.code, url: await place(receiver) });
}
const port = parentPort;
assert(port !== null, "the receivers' thread was started as a program");
port.postMessage({ receivers, caPem: TRUSTED_CA_PEM });

/** Starts it, and gives its URL. It ends with the thread. */
async function place(receiver: BadReceiver): Promise<string> {
  switch (receiver.at) {
    case "name":
      return `http://${receiver.name}/`;
    case "closed port": {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const closed = server.address() as AddressInfo; // listening on TCP
      server.close();
      return `http://127.0.0.1:${closed.port}/`;
    }
    case "full backlog": {
      const backlog = await startFullBacklog();
      return `http://127.0.0.1:${backlog.port}/`;
    }
    case "socket": {
      const { answer, tls, isBeforeTls = false } = receiver;
      const options = { ...(tls === undefined ? {} : { tls }), ...(isBeforeTls ? { onConnection: answer } : {}) };
      const started = await startRawReceiver(isBeforeTls ? () => {} : answer, options);
      return `${tls !== undefined || isBeforeTls ? "https" : "http"}://127.0.0.1:${started.port}/`;
    }
  }
}
