/** `/healthz`: the process answers. `/readyz`: it can do its work; if not, it says why. */
import { Type } from "typebox";
import { JSON_TYPE } from "./error_envelope.ts";
import { oneOf, rawJson } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { STORE_FAULTS, StoreUnavailable } from "../store/store.ts";

/** A store that takes longer for one small write is not fit for messages. */
const PING_MS_MAX = 2_000;

const READY_SCHEMA = Type.Object({
  status: oneOf(["ready", "notReady"]),
  reasons: Type.Array(Type.String(), { description: "Why it is not ready." }),
  isPaused: Type.Boolean({
    description: "Whether an operator has paused all deliveries; messages are taken all the same.",
  }),
});

/** Registers the routes of this file. */
export function healthRoutes(app: Api, services: Services): void {
  app.route({
    method: "GET",
    exposeHeadRoute: true,
    url: "/healthz",
    config: { access: "open" },
    schema: {
      operationId: "getHealth",
      summary: "Whether the process answers",
      tags: ["operations"],
      response: { 200: Type.Object({ status: Type.Literal("ok") }) },
    },
    handler: async () => ({ status: "ok" as const }),
  });

  const ping = oneAtATime(() => services.store.ping());

  app.route({
    method: "GET",
    exposeHeadRoute: true,
    url: "/readyz",
    config: { access: "open" },
    schema: {
      operationId: "getReadiness",
      summary: "Whether the server can do its work",
      tags: ["operations"],
      response: { 200: rawJson(READY_SCHEMA), 503: rawJson(READY_SCHEMA) },
    },
    handler: async (_request, reply) => {
      const reasons = await unreadiness(services, ping);
      const status = reasons.length === 0 ? "ready" : "notReady";
      return reply
        .code(reasons.length === 0 ? 200 : 503)
        .header("content-type", JSON_TYPE)
        .send(JSON.stringify({ status, reasons, isPaused: services.engine.isPaused }));
    },
  });
}

/** Why nothing can be written; null when something could be, just now. */
async function storeFault({ clock, log }: Services, ping: () => Promise<void>): Promise<string | null> {
  const late = Promise.withResolvers<"late">();
  const cancel = clock.setTimer(() => late.resolve("late"), PING_MS_MAX);
  try {
    const first = await Promise.race([ping(), late.promise]);
    if (first !== "late") return null;
    log.warn({ afterMs: PING_MS_MAX }, "not ready: the store does not answer in time");
    return STORE_FAULTS.slow;
  } catch (error) {
    log.warn({ err: error }, "not ready: the store cannot be written");
    return STORE_FAULTS[error instanceof StoreUnavailable ? error.fault : "broken"];
  } finally {
    cancel();
  }
}

async function unreadiness(services: Services, ping: () => Promise<void>): Promise<string[]> {
  const { lifecycle, isChangesStale } = services;
  if (lifecycle.state === "starting") return ["The server is starting."];
  if (lifecycle.state === "stopping") return ["The server is stopping."];
  const reasons: string[] = [];
  const fault = await storeFault(services, ping);
  if (fault !== null) reasons.push(`The store cannot be written. ${fault}`);
  if (isChangesStale()) reasons.push("Changes of keys and webhooks have not been read for 2 seconds.");
  return reasons;
}

/** However often it is asked for, a store that hangs gets one write to hang on. */
function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}
