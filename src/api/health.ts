/** `/healthz`: the process answers. `/readyz`: it can do its work; if not, it says why. */
import { Type } from "typebox";
import { JSON_TYPE } from "./error_envelope.ts";
import { oneOf, rawJson } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

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
      const reasons = await unreadiness(services);
      const status = reasons.length === 0 ? "ready" : "notReady";
      return reply
        .code(reasons.length === 0 ? 200 : 503)
        .header("content-type", JSON_TYPE)
        .send(JSON.stringify({ status, reasons, isPaused: services.engine.isPaused }));
    },
  });
}

async function unreadiness({ store, lifecycle, isChangesStale, log }: Services): Promise<string[]> {
  if (lifecycle.state === "starting") return ["The server is starting."];
  if (lifecycle.state === "stopping") return ["The server is stopping."];
  const reasons: string[] = [];
  try {
    await store.ping();
  } catch (error) {
    log.warn({ err: error }, "not ready: the store cannot be written");
    reasons.push("The store cannot be written.");
  }
  if (isChangesStale()) reasons.push("Changes of keys and webhooks have not been read for 2 seconds.");
  return reasons;
}
