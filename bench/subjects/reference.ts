/** The references: a relay that stores nothing, and the receiver itself. */
import { Program } from "../programs/program.ts";
import type { RelayMethods } from "../programs/relay.ts";
import type { Subject } from "./subject.ts";

const DESTINATIONS = [{ path: "/messages", key: "none" }];

/** A relay that posts each message on to so many paths of the receiver. */
export async function startRelay(receiverPort: number, paths: readonly string[]): Promise<Subject> {
  const program = new Program<RelayMethods>("relay.ts");
  const { port } = await program.call("forward", { port: receiverPort, paths });
  return {
    name: "relay",
    target: { ports: [port], destinations: DESTINATIONS },
    deliveriesPerMessage: paths.length,
    pids: new Map([["relay", program.pid]]),
    stop: async () => program.stop(),
  };
}

/** The receiver, published to directly: what the load generator and it can do at most. */
export function bareReceiver(receiverPort: number): Subject {
  return {
    name: "bare receiver",
    target: { ports: [receiverPort], destinations: DESTINATIONS },
    deliveriesPerMessage: 1,
    pids: new Map(),
    stop: async () => undefined,
  };
}
