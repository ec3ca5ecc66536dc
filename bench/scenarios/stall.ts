/** Whether a slow disk makes the event loop wait: every commit takes 50 ms longer, and the loop is watched. */
import { ApiClient } from "../../test/e2e/support/api_client.ts";
import { ADMIN_API_KEY } from "../../test/e2e/support/server_process.ts";
import { Figures } from "../measure/figures.ts";
import { Program } from "../programs/program.ts";
import type { SlowDiskMethods } from "../programs/slow_disk.ts";
import { makeTenant } from "../subjects/server.ts";
import type { Subject } from "../subjects/subject.ts";
import type { World } from "../world.ts";
import type { Scenario } from "./scenario.ts";

const LOAD = { connections: 64, perSecond: 500, batch: null };

type Watched = { subject: Subject; program: Program<SlowDiskMethods> };

/** Compares a disk as it is with one that takes 50 ms for every commit. */
export const stall: Scenario = {
  name: "stall",
  about: "how late the main event loop is at 500 messages a second, on the disk and on one that takes 50 ms a commit",
  isLarge: false,
  run: async (world) => {
    const figures = new Figures();
    const watched = [await start(world, "disk as it is", 0), await start(world, "50 ms a commit", 50)];
    try {
      for (const { subject } of watched) await world.warmUp(subject, LOAD);
      for (let round = 0; round < world.options.rounds; round++) {
        for (const { subject, program } of watched) {
          await program.call("watch", null);
          const measured = await world.measure(subject, { ...LOAD, durationMs: world.options.durationMs });
          const late = await program.call("delays", null);
          figures.add(subject.name, "event loop late by, p50", "ms", late.p50);
          figures.add(subject.name, "event loop late by, p99", "ms", late.p99);
          figures.add(subject.name, "delivery p50", "ms", measured.latency.p50);
          figures.add(subject.name, "delivery p99", "ms", measured.latency.p99);
        }
      }
    } finally {
      for (const { subject } of watched) await subject.stop();
    }
    return figures.take({ reference: "disk as it is", names: ["event loop late by, p99"] });
  },
};

async function start(world: World, name: string, commitDelayMs: number): Promise<Watched> {
  const program = new Program<SlowDiskMethods>("slow_disk.ts");
  const { url } = await program.call("start", { commitDelayMs, adminApiKey: ADMIN_API_KEY });
  const operator = new ApiClient({ url });
  const platform = await operator.must(201, "POST", "/v4/api-keys", { name: "bench" });
  const { base } = await makeTenant(operator, { receiverPort: world.receiverPort });
  const subject = {
    name,
    target: {
      ports: [Number(new URL(url).port)],
      destinations: [{ path: `${base}/messages`, key: String(platform.json["apiKey"]) }],
    },
    deliveriesPerMessage: 1,
    pids: new Map([["server", program.pid]]),
    stop: async () => {
      await program.call("stop", null);
      program.stop();
    },
  };
  return { subject, program };
}
