/** `GET …/webhooks/stream`: events and attempts as they happen, as server-sent events. */
import type { Static } from "typebox";
import { Type } from "typebox";
import type { Catalog } from "../domain/catalog.ts";
import { ALL_TOPICS } from "../domain/catalog.ts";
import { DEFAULT_LIVE_FEED_OPTIONS } from "../engine/live_feed.ts";
import type { LiveItem } from "../engine/live_items.ts";
import { ApiError } from "../errors.ts";
import { parseWebhookId } from "../ids.ts";
import { isStillAdmitted, tenantOf } from "./access.ts";
import type { LiveStream } from "./live_stream.ts";
import { LiveTexts, openLiveStream } from "./live_stream.ts";
import { EVENT_STATUS_SCHEMA, TENANT_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { webhookNotFound } from "./webhook_lookup.ts";

/** Tabs that are closed make room at once, and those of readers that have gone within a minute. */
const RETRY_AFTER_S = 10;

const STREAM_QUERY_SCHEMA = Type.Object(
  {
    topic: Type.Optional(Type.String({ maxLength: 64 })),
    webhookId: Type.Optional(Type.String({ maxLength: 64 })),
    status: Type.Optional(EVENT_STATUS_SCHEMA),
  },
  { additionalProperties: false },
);

const DESCRIPTION =
  "`ready`: the stream has begun. `created`: a new event, as in lists. An event that is sent once more is no new one: its " +
  "attempts follow. `attempt`: `{ event, attempt: { number, trigger, " +
  "startedAt, durationMs, status, code } }`, the event as the attempt left it. `dropped`: `{ count }` items were lost, " +
  "because they are read more slowly than they come. `gap`: `{ from }`, what came since then cannot be told here; read it " +
  "from the lists. A carriage return between the tokens of a content arrives as a line feed.";

/** Registers the routes of this file. */
export function streamRoutes(app: Api, services: Services): void {
  const { engine, authenticator, lifecycle, catalog, clock, log } = services;
  const texts = new LiveTexts();
  const streams = new Set<LiveStream>();

  // An answer that never ends by itself would keep the server from closing.
  app.addHook("preClose", async () => {
    await Promise.all([...streams].map((stream) => stream.end()));
  });

  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/webhooks/stream",
    config: {
      access: "events",
      errors: ["WEBHOOK_NOT_FOUND", "STREAM_LIMIT_REACHED", "SHUTTING_DOWN"],
      headers: {
        type: "object",
        properties: {
          "last-event-id": {
            type: "string",
            description: "The id of the last event that was received: goes on from there.",
          },
        },
      },
    },
    schema: {
      operationId: "streamEvents",
      summary: "Events and attempts as they happen",
      tags: ["events"],
      params: TENANT_PATH,
      querystring: STREAM_QUERY_SCHEMA,
      response: {
        200: {
          description: DESCRIPTION,
          content: { "text/event-stream": { schema: Type.Unsafe<LiveStream>({ type: "string" }) } },
        },
      },
    },
    handler: async (request, reply) => {
      if (lifecycle.state === "stopping") {
        throw new ApiError(
          "SHUTTING_DOWN",
          "The server is stopping and takes nothing new. Try again elsewhere or later.",
        );
      }
      const wants = wantedBy(request.query, catalog);
      const { tenant } = tenantOf(request);
      const header = request.headers["last-event-id"];
      const lastId = typeof header === "string" && header !== "" ? header : null;
      const isAdmitted = (): Promise<boolean> => isStillAdmitted(request, authenticator);
      const stream = openLiveStream({ clock, log, live: engine.live, texts, isAdmitted }, { tenant, wants, lastId });
      if (stream === null) throw tooManyStreams();
      streams.add(stream);
      stream.once("close", () => streams.delete(stream));
      return reply
        .header("content-type", "text/event-stream; charset=utf-8")
        .header("x-accel-buffering", "no")
        .header("connection", "close")
        .send(stream);
    },
  });
}

function wantedBy(query: Static<typeof STREAM_QUERY_SCHEMA>, catalog: Catalog): (item: LiveItem) => boolean {
  const { status, topic: name = ALL_TOPICS } = query;
  const topic = name === ALL_TOPICS ? null : (catalog.canonicalTopic(name) ?? name);
  const webhookId = query.webhookId === undefined ? null : parseWebhookId(query.webhookId);
  if (query.webhookId !== undefined && webhookId === null) throw webhookNotFound();
  return ({ event }) =>
    (topic === null || event.topic === topic) &&
    (webhookId === null || event.webhookId === webhookId) &&
    (status === undefined || event.status === status);
}

function tooManyStreams(): ApiError {
  const { watchersPerTenantMax: limit, watchersMax } = DEFAULT_LIVE_FEED_OPTIONS;
  return new ApiError(
    "STREAM_LIMIT_REACHED",
    `As many live streams are open as may be: ${limit} of an environment, ${watchersMax} in all. Close one first.`,
    { context: { limit }, retryAfterS: RETRY_AFTER_S },
  );
}
