/** How long a start takes, and what a server that does nothing has in memory; next to a program that only relays. */
import { setTimeout as sleep } from "node:timers/promises";
import { Figures } from "../measure/figures.ts";
import { cpuOf, memoryMiB } from "../measure/processes.ts";
import { startRelay } from "../subjects/reference.ts";
import { startOnEachStore } from "../subjects/stores.ts";
import type { Scenario } from "./scenario.ts";

/** After so long at rest, memory is looked at. */
const REST_MS = 5_000;

/** Starts again on a database that is there. */
export const start: Scenario = {
  name: "start",
  about: "from starting the process to its first answer, and memory 5 seconds later",
  isLarge: false,
  run: async (world) => {
    const figures = new Figures();
    const subjects = await startOnEachStore(world);
    try {
      for (let round = 0; round < world.options.rounds; round++) {
        const startedAt = performance.now();
        const relay = await startRelay(world.receiverPort, ["/hook"]);
        figures.add("relay", "start", "ms", performance.now() - startedAt);
        await sleep(REST_MS);
        figures.add("relay", "memory at rest", "MiB", memoryMiB(relay.pids.get("relay") ?? 0));
        await relay.stop();
        for (const { name, processes } of subjects) {
          const [server] = processes;
          if (server === undefined) continue;
          await server.end("SIGTERM");
          const restartedAt = performance.now();
          await server.start();
          figures.add(name, "start", "ms", performance.now() - restartedAt);
          figures.add(name, "CPU of a start", "ms", cpuOf(server.pid).totalMs);
          await sleep(REST_MS);
          figures.add(name, "memory at rest", "MiB", memoryMiB(server.pid));
        }
      }
    } finally {
      for (const subject of subjects) await subject.stop();
    }
    return figures.take({ reference: "relay", names: ["start", "memory at rest"] });
  },
};
