/** Keys of the platform, made by the operator: they publish for every tenant, and do nothing else. */
import { Type } from "typebox";
import { parseKeyId } from "../ids.ts";
import { hashApiKey, newApiKey, shownPrefix } from "../keys.ts";
import { ApiError } from "../errors.ts";
import { actorOf } from "./access.ts";
import { keyNotFound } from "./api_keys.ts";
import {
  EXPIRES_AT_SCHEMA,
  expiryOf,
  KEY_LIST_SCHEMA,
  KEY_NAME_SCHEMA,
  KEY_SCHEMA,
  keyListView,
  keyView,
  NEW_KEY_SCHEMA,
} from "./key_schema.ts";
import { PAGE_QUERY, pageRequest } from "./paging.ts";
import type { Api, Services } from "./services.ts";

const NEW_PLATFORM_KEY_SCHEMA = Type.Object(
  { name: Type.Optional(KEY_NAME_SCHEMA), expiresAt: Type.Optional(EXPIRES_AT_SCHEMA) },
  { additionalProperties: false },
);

/** Registers the routes of this file. */
export function platformKeyRoutes(app: Api, services: Services): void {
  const { store, random, clock } = services;

  app.route({
    method: "POST",
    url: "/v4/api-keys",
    config: { access: "operator", errors: ["API_KEY_ALREADY_EXISTS"] },
    schema: {
      operationId: "createPlatformKey",
      summary: "Make a key that publishes for every tenant",
      tags: ["keys"],
      body: NEW_PLATFORM_KEY_SCHEMA,
      response: { 201: NEW_KEY_SCHEMA },
    },
    handler: async (request, reply) => {
      const apiKey = newApiKey({ kind: "platform" }, random);
      const { name = "", expiresAt } = request.body;
      const result = await store.createApiKey({
        key: {
          kind: "platform",
          tenant: null,
          name,
          scopes: ["messages"],
          prefix: shownPrefix(apiKey),
          hash: hashApiKey(apiKey),
          expiresAt: expiryOf(expiresAt, clock.now()),
        },
        actor: actorOf(request),
      });
      if (result.kind === "exists")
        throw new ApiError("API_KEY_ALREADY_EXISTS", "This very key is or was in use. Try again.");
      await services.putInForce();
      void reply.code(201);
      return { ...keyView(result.key), apiKey };
    },
  });

  app.route({
    method: "GET",
    url: "/v4/api-keys",
    config: { access: "operator", errors: ["PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listPlatformKeys",
      summary: "List the keys of the platform and the operator, newest first",
      tags: ["keys"],
      querystring: Type.Object(PAGE_QUERY, { additionalProperties: false }),
      response: { 200: KEY_LIST_SCHEMA },
    },
    handler: async (request) => {
      const page = pageRequest(request.query);
      return keyListView(page, await store.listApiKeys({ ...page, tenant: null }));
    },
  });

  app.route({
    method: "DELETE",
    url: "/v4/api-keys/:keyId",
    config: { access: "operator", errors: ["API_KEY_NOT_FOUND"] },
    schema: {
      operationId: "revokePlatformKey",
      summary: "Revoke a key of the platform, for good, everywhere within 2 seconds",
      tags: ["keys"],
      params: Type.Object({ keyId: Type.String() }),
      response: { 200: KEY_SCHEMA },
    },
    handler: async (request) => {
      const keyId = parseKeyId(request.params.keyId);
      const key = keyId === null ? null : await store.revokeApiKey({ keyId, tenant: null, actor: actorOf(request) });
      if (key === null) throw keyNotFound();
      await services.putInForce();
      return keyView(key);
    },
  });
}
