/** A scenario: what is measured together, in turn, and reported together. */
import type { Figure } from "../measure/figures.ts";
import { Figures } from "../measure/figures.ts";
import type { Behaviour } from "../programs/receiver.ts";
import type { Subject } from "../subjects/subject.ts";
import type { LoadShape, Measured, World } from "../world.ts";

/** What the command line chooses from. */
export type Scenario = {
  name: string;
  /** One sentence for the table. */
  about: string;
  /** Whether it takes many minutes, so that it runs on demand alone. */
  isLarge: boolean;
  run: (world: World) => Promise<Figure[]>;
};

/** A load that subjects are compared under; `reference` names the one that the others are divided by. */
type Comparison = {
  load: LoadShape;
  behaviour?: (subject: Subject) => Partial<Behaviour>;
  reference: string | null;
  /** The figures that are divided. */
  names: readonly string[];
};

/** Runs each subject in, then measures them in turn, round by round; ends them in any case. */
export async function compare(world: World, subjects: readonly Subject[], plan: Comparison): Promise<Figure[]> {
  const figures = new Figures();
  const behaviourOf = plan.behaviour ?? (() => ({}));
  try {
    for (const subject of subjects) await world.warmUp(subject, plan.load, behaviourOf(subject));
    for (let round = 0; round < world.options.rounds; round++) {
      for (const subject of subjects) {
        addMeasured(figures, subject, await world.measure(subject, plan.load, behaviourOf(subject)));
      }
    }
  } finally {
    for (const subject of subjects) await subject.stop();
  }
  return figures.take(plan.reference === null ? null : { reference: plan.reference, names: plan.names });
}

/** Adds what a load showed, the same for every scenario. */
export function addMeasured(figures: Figures, { name, pids }: Subject, measured: Measured): void {
  const { latency, answer, cpuUs } = measured;
  figures.add(name, "published", "/s", measured.publishedPerSecond);
  figures.add(name, "delivered", "/s", measured.deliveredPerSecond);
  figures.add(name, "delivery p50", "ms", latency.p50);
  figures.add(name, "delivery p95", "ms", latency.p95);
  figures.add(name, "delivery p99", "ms", latency.p99);
  figures.add(name, "answer p50", "ms", answer.p50);
  figures.add(name, "answer p99", "ms", answer.p99);
  if (pids.size === 0) return;
  const own = [...pids.keys()];
  const total = own.reduce((sum, process) => sum + (cpuUs.get(process) ?? 0), 0);
  figures.add(name, "CPU", "µs", total);
  for (const [place, us] of cpuUs) {
    const isThread = place.includes("/");
    const isOwn = own.some((process) => place === process || place.startsWith(`${process}/`));
    if (!isThread || (isOwn && us >= total / 100)) figures.add(name, `CPU of ${place}`, "µs", us);
  }
  figures.add(name, "memory at most", "MiB", measured.memoryMiB);
}
