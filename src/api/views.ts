/** Views of the list of events that everybody in an application environment shares: save, list, delete. */
import { Type } from "typebox";
import { unreachable } from "../assert.ts";
import { isoTime } from "../clock.ts";
import {
  VIEW_NAME_CHARS_MAX,
  VIEW_NAME_PATTERN,
  VIEW_QUERY_CHARS_MAX,
  VIEW_QUERY_PATTERN,
  VIEWS_PER_TENANT_MAX,
} from "../domain/view.ts";
import { ApiError } from "../errors.ts";
import { parseViewId } from "../ids.ts";
import type { View } from "../store/views.ts";
import { actorOf, tenantOf } from "./access.ts";
import { TENANT_PATH, TIME_SCHEMA } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

const VIEWS_URL = "/v4/applications/:appId/envs/:appEnv/views";

const NAME = Type.String({
  minLength: 1,
  maxLength: VIEW_NAME_CHARS_MAX,
  pattern: VIEW_NAME_PATTERN,
  description: "Of one line, and the only one of that name in the application environment.",
});
const QUERY = Type.String({
  maxLength: VIEW_QUERY_CHARS_MAX,
  pattern: VIEW_QUERY_PATTERN,
  description: "The filters as the console's address has them: its search, empty or from `?` on, percent-encoded.",
  examples: ["?filter=failed&code=5xx&range=24h"],
});
const NEW_VIEW_SCHEMA = Type.Object({ name: NAME, query: QUERY }, { additionalProperties: false });
const VIEW_SCHEMA = Type.Object({ _id: Type.String(), name: NAME, query: QUERY, _createdAt: TIME_SCHEMA });

/** Registers the routes of this file. */
export function viewRoutes(app: Api, { store, flowLimits }: Services): void {
  app.route({
    method: "GET",
    url: VIEWS_URL,
    config: { access: "events" },
    schema: {
      operationId: "listViews",
      summary: "List the shared views of the list of events, in the order in which they were saved",
      tags: ["views"],
      params: TENANT_PATH,
      response: { 200: Type.Object({ items: Type.Array(VIEW_SCHEMA, { maxItems: VIEWS_PER_TENANT_MAX }) }) },
    },
    handler: async (request) => {
      const { tenant } = tenantOf(request);
      return { items: (await store.listViews({ tenant })).map(viewView) };
    },
  });

  app.route({
    method: "POST",
    url: VIEWS_URL,
    config: { access: "events", errors: ["VIEW_ALREADY_EXISTS", "VIEW_LIMIT_REACHED", "VIEW_SAVE_LIMIT_REACHED"] },
    schema: {
      operationId: "createView",
      summary: "Save a view of the list of events for everybody in the application environment",
      tags: ["views"],
      params: TENANT_PATH,
      body: NEW_VIEW_SCHEMA,
      response: { 201: VIEW_SCHEMA },
    },
    handler: async (request, reply) => {
      const { tenant } = tenantOf(request);
      // Each stays in the audit log when the view is gone, and views that are deleted make room for more.
      flowLimits.count("viewSave", tenant);
      const result = await store.createView({ tenant, ...request.body, actor: actorOf(request) });
      switch (result.kind) {
        case "exists":
          throw alreadyExists(request.body.name);
        case "limit":
          throw limitReached();
        case "created":
          void reply.code(201);
          return viewView(result.view);
        default:
          return unreachable(result);
      }
    },
  });

  app.route({
    method: "DELETE",
    url: `${VIEWS_URL}/:viewId`,
    config: { access: "events", errors: ["VIEW_NOT_FOUND"] },
    schema: {
      operationId: "deleteView",
      summary: "Delete a shared view, for everybody",
      tags: ["views"],
      params: Type.Object({ appId: Type.String(), appEnv: Type.String(), viewId: Type.String() }),
      response: { 200: VIEW_SCHEMA },
    },
    handler: async (request) => {
      const viewId = parseViewId(request.params.viewId);
      const { tenant } = tenantOf(request);
      const view = viewId === null ? null : await store.deleteView({ tenant, viewId, actor: actorOf(request) });
      if (view === null) throw new ApiError("VIEW_NOT_FOUND", "There is no such view here. Check the id in the path.");
      return viewView(view);
    },
  });
}

function viewView({ id, name, query, createdAt }: View) {
  return { _id: id, name, query, _createdAt: isoTime(createdAt) };
}

function alreadyExists(name: string): ApiError {
  return new ApiError(
    "VIEW_ALREADY_EXISTS",
    `The application environment has a view named \`${name}\`. Take another name, or delete that one first.`,
  );
}

function limitReached(): ApiError {
  return new ApiError(
    "VIEW_LIMIT_REACHED",
    `The application environment has ${VIEWS_PER_TENANT_MAX} views, the most it may have. Delete one first.`,
    { context: { limit: VIEWS_PER_TENANT_MAX } },
  );
}
