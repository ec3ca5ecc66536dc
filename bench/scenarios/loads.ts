/** The loads under which the server on each database is compared with a relay that stores nothing. */
import type { Behaviour } from "../programs/receiver.ts";
import { bareReceiver, startRelay } from "../subjects/reference.ts";
import type { ServerOptions, ServerSubject } from "../subjects/server.ts";
import { startOnEachStore } from "../subjects/stores.ts";
import type { LoadShape } from "../world.ts";
import type { Scenario } from "./scenario.ts";
import { compare } from "./scenario.ts";

/** A load, and how it differs from one webhook that answers at once. Durations are shares of the one asked for. */
type LoadPlan = {
  name: string;
  about: string;
  load: Omit<LoadShape, "durationMs"> & { duration: number };
  setup?: Partial<ServerOptions>;
  /** How the receiver treats the server's POSTs; the relay's are always answered at once. */
  behaviour?: (server: ServerSubject) => Partial<Behaviour>;
  /** Whether the receiver is also loaded by itself. */
  isWithBare?: boolean;
  compared: readonly string[];
};

const PATHS = Array.from({ length: 10 }, (_, number) => `/hook/${number}`);
const RETRY_SCHEDULE = Array.from({ length: 12 }, () => "1s").join(",");
const TOKEN_CONNECTIONS = 32;
const RATES = ["published", "delivered", "CPU"];
const FULL = { connections: 64, perSecond: null, batch: null, duration: 1 };

const PLANS: readonly LoadPlan[] = [
  {
    name: "rate",
    about: "publish to delivery, 64 connections, as fast as they can",
    load: FULL,
    isWithBare: true,
    compared: RATES,
  },
  {
    name: "latency",
    about: "publish to delivery at a fixed 500 messages a second, counted from when each was due",
    load: { ...FULL, perSecond: 500, duration: 2 },
    compared: ["delivery p50", "delivery p95", "delivery p99", "CPU"],
  },
  {
    name: "batch",
    about: "publish to delivery, 100 messages a call, 4 connections",
    load: { ...FULL, connections: 4, batch: 100, duration: 0.5 }, // what piles up must drain too
    compared: RATES,
  },
  {
    name: "fan-out",
    about: "each message to 10 webhooks, 16 connections",
    load: { ...FULL, connections: 16, duration: 0.5 },
    setup: { paths: PATHS },
    compared: RATES,
  },
  {
    name: "retries",
    about: "every fifth attempt fails and is repeated a second later, 64 connections (the relay: without failures)",
    load: { ...FULL, duration: 2 },
    setup: { env: { RETRY_SCHEDULE } },
    behaviour: () => ({ failEvery: 5 }),
    compared: ["published", "CPU"], // deliveries end seconds after the load, with what failed four times
  },
  {
    name: "tokens",
    about: "the receiver checks the token of every POST before it answers, 64 connections (the relay: without tokens)",
    load: FULL,
    setup: { maxConcurrency: TOKEN_CONNECTIONS },
    behaviour: checkingTokens,
    compared: RATES,
  },
];

/** A scenario for each load. */
export const LOADS: readonly Scenario[] = PLANS.map((plan) => ({
  name: plan.name,
  about: plan.about,
  isLarge: false,
  run: async (world) => {
    const { duration, ...load } = plan.load;
    const relay = await startRelay(world.receiverPort, plan.setup?.paths ?? ["/hook"]);
    const servers = await startOnEachStore(world, plan.setup);
    const bare = plan.isWithBare === true ? [bareReceiver(world.receiverPort)] : [];
    return await compare(world, [...bare, relay, ...servers], {
      load: { ...load, durationMs: world.options.durationMs * duration },
      behaviour: (subject) => {
        const server = servers.find((each) => each === subject);
        return server === undefined ? {} : (plan.behaviour?.(server) ?? {});
      },
      reference: relay.name,
      names: plan.compared,
    });
  },
}));

function checkingTokens({ tenants, ports }: ServerSubject): Partial<Behaviour> {
  const [[tenant], [port]] = [tenants, ports];
  if (tenant === undefined || port === undefined) throw new Error("a server without a tenant or a port");
  const { appId, appEnv, tenantKey: key } = tenant;
  return { tokens: { port, key, appId, appEnv, connections: TOKEN_CONNECTIONS } };
}
