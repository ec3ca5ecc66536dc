/** The installation as the operator sees it: figures of store and engine, and the switch that pauses all deliveries. */
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import { VERSION } from "../version.ts";
import { actorOf } from "./access.ts";
import { APP_ENV_SCHEMA, nullable, oneOf, TIME_SCHEMA } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

const SYSTEM_URL = "/v4/system";
const TENANTS_MAX = 20;

const COUNT = Type.Integer({ minimum: 0 });

const SYSTEM_SCHEMA = Type.Object({
  version: Type.String(),
  nodeVersion: Type.String(),
  startedAt: TIME_SCHEMA,
  isPaused: Type.Boolean({ description: "Whether all deliveries are paused. Messages are taken all the same." }),
  egressProxy: nullable(
    Type.String({ description: "Host and port of the proxy that deliveries go through; null: there is none." }),
  ),
  database: Type.Object({
    kind: oneOf(["sqlite", "postgresql"]),
    bytes: COUNT,
    migrations: Type.Array(Type.Object({ number: Type.Integer(), name: Type.String(), appliedAt: TIME_SCHEMA })),
  }),
  queue: Type.Object({
    waiting: Type.Integer({ description: "PENDING events, those of disabled webhooks included." }),
    due: Type.Integer({ description: "Webhooks, not disabled, of which something in the store is due." }),
    oldestDueAt: nullable(TIME_SCHEMA),
  }),
  workers: Type.Array(
    Type.Object({
      id: Type.String(),
      role: Type.String(),
      host: Type.String(),
      pid: Type.Integer(),
      startedAt: TIME_SCHEMA,
      heartbeatAt: TIME_SCHEMA,
      leases: Type.Integer({ description: "Events that the worker holds." }),
    }),
  ),
  engine: Type.Object(
    {
      running: Type.Integer({ description: "Attempts under way." }),
      held: Type.Integer({ description: "Events in memory that wait for their turn." }),
      lanes: Type.Integer({ description: "Webhooks that were delivered to lately." }),
    },
    { description: "Of the process that answers." },
  ),
  tenants: Type.Array(
    Type.Object({
      appId: Type.String(),
      appName: Type.String(),
      appEnv: APP_ENV_SCHEMA,
      pending: COUNT,
      lastHour: Type.Integer({ description: "Events made in the last hour." }),
    }),
    { description: `The ${TENANTS_MAX} busiest application environments, the busiest first.` },
  ),
});

/** Registers the routes of this file. */
export function systemRoutes(app: Api, services: Services): void {
  const { store } = services;

  app.route({
    method: "GET",
    url: SYSTEM_URL,
    config: { access: "operator" },
    schema: {
      operationId: "getSystem",
      summary: "Read the state of the installation",
      tags: ["operations"],
      response: { 200: SYSTEM_SCHEMA },
    },
    handler: () => systemView(services),
  });

  app.route({
    method: "PUT",
    url: SYSTEM_URL,
    config: { access: "operator" },
    schema: {
      operationId: "updateSystem",
      summary: "Pause or resume all deliveries of the installation",
      tags: ["operations"],
      body: Type.Object({ isPaused: Type.Boolean() }, { additionalProperties: false }),
      response: { 200: SYSTEM_SCHEMA },
    },
    handler: async (request) => {
      await store.setPaused({ isPaused: request.body.isPaused, actor: actorOf(request) });
      await services.putInForce();
      return systemView(services);
    },
  });
}

async function systemView({ store, engine, startedAt, egressProxy }: Services) {
  const { isPaused, database, queue, workers, tenants } = await store.systemFigures({ tenantsMax: TENANTS_MAX });
  const { running, waiting: held, lanes } = engine.status();
  return {
    version: VERSION,
    nodeVersion: process.version,
    startedAt: isoTime(startedAt),
    isPaused,
    egressProxy,
    database: {
      ...database,
      migrations: database.migrations.map((one) => ({ ...one, appliedAt: isoTime(one.appliedAt) })),
    },
    queue: { ...queue, oldestDueAt: queue.oldestDueAt === null ? null : isoTime(queue.oldestDueAt) },
    workers: workers.map((worker) => ({
      ...worker,
      startedAt: isoTime(worker.startedAt),
      heartbeatAt: isoTime(worker.heartbeatAt),
    })),
    engine: { running, held, lanes },
    tenants,
  };
}
