/** A million events that wait for a webhook which hangs, beside one that answers: rate, memory and start, next to an empty store. */
import { Figures } from "../measure/figures.ts";
import { memoryMiB } from "../measure/processes.ts";
import type { ServerSubject } from "../subjects/server.ts";
import { makeTenant, startServer } from "../subjects/server.ts";
import type { World } from "../world.ts";
import type { Scenario } from "./scenario.ts";
import { addMeasured } from "./scenario.ts";

const LOAD = { connections: 64, perSecond: null, batch: null };
const FILLING = { connections: 4, perSecond: null, batch: 1_000 };
const FILL_MS = 2_000;

/** On SQLite. */
export const backlog: Scenario = {
  name: "backlog",
  about: "publish to delivery while a million events wait for another webhook, which hangs, on SQLite",
  isLarge: true,
  run: async (world) => {
    const { rounds, durationMs, backlogEvents } = world.options;
    const figures = new Figures();
    const { receiverPort } = world;
    const subjects: ServerSubject[] = [];
    try {
      const empty = await startServer({ name: "empty store", receiverPort });
      subjects.push(empty);
      const loaded = await startServer({ name: `${backlogEvents} waiting`, receiverPort });
      subjects.push(loaded);
      await fill(world, loaded, backlogEvents);
      figures.add(loaded.name, "memory after filling", "MiB", memoryMiB(loaded.pids.get("server") ?? 0));
      for (const subject of subjects) await world.warmUp(subject, LOAD);
      for (let round = 0; round < rounds; round++) {
        for (const subject of subjects) {
          addMeasured(figures, subject, await world.measure(subject, { ...LOAD, durationMs }));
        }
      }
      for (const subject of subjects) await measureStart(figures, subject);
    } finally {
      for (const subject of subjects) await subject.stop();
    }
    return figures.take({
      reference: "empty store",
      names: ["published", "delivered", "CPU", "delivery p99", "start"],
    });
  },
};

/** Through the API, as a platform would. */
async function fill(world: World, { operator, target }: ServerSubject, events: number): Promise<void> {
  const { base } = await makeTenant(operator, { receiverPort: world.receiverPort, paths: ["/hang"] });
  const key = target.destinations[0]?.key ?? "";
  const hanging = { ports: target.ports, destinations: [{ path: `${base}/messages`, key }] };
  for (let filled = 0; filled < events;) {
    filled += await world.publish({ ...FILLING, durationMs: FILL_MS, target: hanging });
  }
}

async function measureStart(figures: Figures, { name, processes }: ServerSubject): Promise<void> {
  for (const server of processes) {
    await server.end("SIGKILL");
    const startedAt = performance.now();
    await server.start();
    figures.add(name, "start", "ms", performance.now() - startedAt);
  }
}
