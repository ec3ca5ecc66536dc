/** How the cost of a delivery grows with the rate, with the webhooks and with the tenants of one server on SQLite. */
import type { Figure } from "../measure/figures.ts";
import { Figures } from "../measure/figures.ts";
import type { ServerOptions, ServerSubject } from "../subjects/server.ts";
import { startServer } from "../subjects/server.ts";
import type { LoadShape, World } from "../world.ts";
import type { Scenario } from "./scenario.ts";
import { addMeasured } from "./scenario.ts";

type Point = { name: string; setup: Partial<ServerOptions>; load: Omit<LoadShape, "durationMs"> };

const PATHS = Array.from({ length: 100 }, (_, number) => `/hook/${number}`);
const FULL = { connections: 64, perSecond: null, batch: null };
/** The first one is what the others are divided by. */
const POINTS: readonly Point[] = [
  { name: "1 webhook, full rate", setup: {}, load: FULL },
  { name: "100/s", setup: {}, load: { ...FULL, perSecond: 100 } },
  { name: "500/s", setup: {}, load: { ...FULL, perSecond: 500 } },
  { name: "2000/s", setup: {}, load: { ...FULL, perSecond: 2_000 } },
  { name: "100 webhooks a message", setup: { paths: PATHS }, load: { ...FULL, connections: 4 } },
  { name: "100 tenants", setup: { tenants: 100 }, load: FULL },
];

/** One subject at a time is loaded, all are kept. */
export const growth: Scenario = {
  name: "growth",
  about: "CPU a delivery on SQLite, by rate, by webhooks of a message and by tenants",
  isLarge: false,
  run: async (world) => await measurePoints(world),
};

async function measurePoints(world: World): Promise<Figure[]> {
  const figures = new Figures();
  const subjects: { subject: ServerSubject; point: Point }[] = [];
  try {
    for (const point of POINTS) {
      const { receiverPort } = world;
      const subject = await startServer({ ...point.setup, name: point.name, databaseUrl: null, receiverPort });
      subjects.push({ subject, point });
      await world.warmUp(subject, { ...FULL, connections: point.load.connections });
    }
    for (let round = 0; round < world.options.rounds; round++) {
      for (const { subject, point } of subjects) {
        const { durationMs } = world.options;
        addMeasured(figures, subject, await world.measure(subject, { ...point.load, durationMs }));
      }
    }
  } finally {
    for (const { subject } of subjects) await subject.stop();
  }
  return figures.take({ reference: POINTS[0]?.name ?? "", names: ["CPU", "delivered"] });
}
