/** `GET /v4/catalog`: topics, actions, content schemas and samples, open to everybody. */
import { Type } from "typebox";
import { JSON_TYPE } from "./error_envelope.ts";
import { MSG_NATURE_SCHEMA, rawJson } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

const ACTION_SCHEMA = Type.Object({
  description: Type.String(),
  msgNature: MSG_NATURE_SCHEMA,
  isV4Only: Type.Boolean({ description: "Only the published v4 models have it." }),
  isDeprecated: Type.Boolean({
    description: "Something else is to be used. It is published and delivered all the same.",
  }),
  replacedBy: Type.Optional(Type.String({ description: "What to use in its place, as `TOPIC.ACTION`." })),
  since: Type.Optional(Type.String({ description: "The version that brought it." })),
  changes: Type.Optional(
    Type.Array(Type.Object({ version: Type.String(), description: Type.String() }), { description: "Newest first." }),
  ),
  content: Type.Unknown({ description: "JSON Schema (2020-12) of `content`." }),
  sample: Type.Unknown(),
});

const CATALOG_SCHEMA = Type.Object({
  topics: Type.Record(
    Type.String(),
    Type.Object({
      description: Type.String(),
      aliases: Type.Array(Type.String()),
      actions: Type.Record(Type.String(), ACTION_SCHEMA),
    }),
  ),
});

/** Registers the routes of this file. */
export function catalogRoutes(app: Api, { catalog }: Services): void {
  const json = JSON.stringify(catalog.definition);

  app.route({
    method: "GET",
    url: "/v4/catalog",
    config: { access: "open" },
    schema: {
      operationId: "getCatalog",
      summary: "Read the catalogue of topics and actions",
      tags: ["catalog"],
      response: { 200: rawJson(CATALOG_SCHEMA) },
    },
    handler: async (_request, reply) => reply.header("content-type", JSON_TYPE).send(json),
  });
}
