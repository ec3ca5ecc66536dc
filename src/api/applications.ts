/** Applications, made by the operator; each has all its environments from the start. */
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import { ApiError } from "../errors.ts";
import { APP_ID_PATTERN, newAppId } from "../keys.ts";
import type { Application } from "../store/tenancy.ts";
import { actorOf } from "./access.ts";
import { PAGE_QUERY, pageRequest, SEARCH_DATA_SCHEMA, searchData } from "./paging.ts";
import { nullable, TIME_SCHEMA } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

const APP_NAME_CHARS_MAX = 128;

const APP_ID = Type.String({ pattern: APP_ID_PATTERN, description: "`appId_` and a UUID in lower case." });
const APP_NAME = Type.String({ minLength: 1, maxLength: APP_NAME_CHARS_MAX });
const ORG_ID = Type.String({ minLength: 1, maxLength: 128 });

const NEW_APPLICATION_SCHEMA = Type.Object(
  { appName: APP_NAME, appId: Type.Optional(APP_ID), orgId: Type.Optional(nullable(ORG_ID)) },
  { additionalProperties: false },
);

const APPLICATION_SCHEMA = Type.Object({
  appId: Type.String(),
  appName: APP_NAME,
  orgId: nullable(ORG_ID),
  _createdAt: TIME_SCHEMA,
});

/** Registers the routes of this file. */
export function applicationRoutes(app: Api, { store, random }: Services): void {
  app.route({
    method: "POST",
    url: "/v4/applications",
    config: { access: "operator", errors: ["APP_ALREADY_EXISTS"] },
    schema: {
      operationId: "createApplication",
      summary: "Make an application with all its environments",
      tags: ["applications"],
      body: NEW_APPLICATION_SCHEMA,
      response: { 201: APPLICATION_SCHEMA },
    },
    handler: async (request, reply) => {
      const { appName, appId = newAppId(random), orgId = null } = request.body;
      const result = await store.createApplication({ appId, appName, orgId, actor: actorOf(request) });
      if (result.kind === "exists") {
        throw new ApiError(
          "APP_ALREADY_EXISTS",
          `The application ${appId} exists already. Leave out appId to get a new one.`,
        );
      }
      void reply.code(201);
      return applicationView(result.application);
    },
  });

  app.route({
    method: "GET",
    url: "/v4/applications",
    config: { access: "operator", errors: ["PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listApplications",
      summary: "List the applications, newest first",
      tags: ["applications"],
      querystring: Type.Object(PAGE_QUERY, { additionalProperties: false }),
      response: {
        200: Type.Object({
          items: Type.Array(APPLICATION_SCHEMA),
          searchData: SEARCH_DATA_SCHEMA,
          nextCursor: nullable(Type.String()),
        }),
      },
    },
    handler: async (request) => {
      const page = pageRequest(request.query);
      const list = await store.listApplications(page);
      return {
        items: list.items.map(applicationView),
        searchData: searchData(page, list),
        nextCursor: list.nextCursor,
      };
    },
  });
}

function applicationView({ appId, appName, orgId, createdAt }: Application) {
  return { appId, appName, orgId, _createdAt: isoTime(createdAt) };
}
