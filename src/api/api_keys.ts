/** The keys of a tenant: make one, list, revoke. Nobody grants a scope that he does not have. */
import { Type } from "typebox";
import { SCOPES } from "../domain/values.ts";
import { ApiError } from "../errors.ts";
import { parseKeyId } from "../ids.ts";
import { DEFAULT_SCOPES, hashApiKey, isKeyOf, KEY_CHARS_MAX, newApiKey, shownPrefix } from "../keys.ts";
import { actorOf, callerOf, hasScope, tenantOf } from "./access.ts";
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
import { SCOPE_SCHEMA, TENANT_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { bodyFaults } from "./validation.ts";

const KEYS_URL = "/v4/applications/:appId/envs/:appEnv/api-keys";

const NEW_TENANT_KEY_SCHEMA = Type.Object(
  {
    name: Type.Optional(KEY_NAME_SCHEMA),
    scopes: Type.Optional(
      Type.Array(SCOPE_SCHEMA, {
        minItems: 1,
        maxItems: SCOPES.length,
        uniqueItems: true,
        description: `By default ${DEFAULT_SCOPES.join(", ")}.`,
      }),
    ),
    expiresAt: Type.Optional(EXPIRES_AT_SCHEMA),
    apiKey: Type.Optional(
      Type.String({ maxLength: KEY_CHARS_MAX, description: "An existing key of this environment." }),
    ),
  },
  { additionalProperties: false },
);

/** Registers the routes of this file. */
export function apiKeyRoutes(app: Api, services: Services): void {
  createApiKeyRoute(app, services);
  listApiKeysRoute(app, services);
  revokeApiKeyRoute(app, services);
}

function createApiKeyRoute(app: Api, services: Services): void {
  const { store, random, clock } = services;
  app.route({
    method: "POST",
    url: KEYS_URL,
    config: { access: "admin", errors: ["API_KEY_ALREADY_EXISTS"] },
    schema: {
      operationId: "createApiKey",
      summary: "Make a key of the application environment, or bring one along",
      tags: ["keys"],
      params: TENANT_PATH,
      body: NEW_TENANT_KEY_SCHEMA,
      response: { 201: NEW_KEY_SCHEMA },
    },
    handler: async (request, reply) => {
      const { tenant, appId, appEnv } = tenantOf(request);
      const { name = "", scopes = DEFAULT_SCOPES, expiresAt: expiryText, apiKey: broughtKey } = request.body;
      for (const scope of scopes) {
        if (hasScope(callerOf(request), scope)) continue;
        throw new ApiError("SCOPE_MISSING", `The key lacks the scope \`${scope}\`, so it cannot grant it.`, {
          context: { scope },
        });
      }
      const expiresAt = expiryOf(expiryText, clock.now());
      const owner = { kind: "tenant", appId, appEnv } as const;
      if (broughtKey !== undefined && !isKeyOf(broughtKey, owner)) {
        const start = shownPrefix(newApiKey(owner, random)).slice(0, -4);
        throw bodyFaults([
          { path: "apiKey", message: `must be \`${start}\` and a secret of 16 to 256 characters without \`_\`` },
        ]);
      }
      const apiKey = broughtKey ?? newApiKey(owner, random);
      const key = {
        kind: "tenant",
        tenant,
        name,
        scopes,
        prefix: shownPrefix(apiKey),
        hash: hashApiKey(apiKey),
        expiresAt,
      } as const;
      const result = await store.createApiKey({ key, actor: actorOf(request) });
      if (result.kind === "exists") {
        throw new ApiError(
          "API_KEY_ALREADY_EXISTS",
          "This very key is or was in use. Leave out apiKey to get a new one.",
        );
      }
      await services.putInForce();
      void reply.code(201);
      return { ...keyView(result.key), apiKey };
    },
  });
}

function listApiKeysRoute(app: Api, { store }: Services): void {
  app.route({
    method: "GET",
    url: KEYS_URL,
    config: { access: "admin", errors: ["PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listApiKeys",
      summary: "List the keys of the application environment, newest first",
      tags: ["keys"],
      params: TENANT_PATH,
      querystring: Type.Object(PAGE_QUERY, { additionalProperties: false }),
      response: { 200: KEY_LIST_SCHEMA },
    },
    handler: async (request) => {
      const page = pageRequest(request.query);
      return keyListView(page, await store.listApiKeys({ ...page, tenant: tenantOf(request).tenant }));
    },
  });
}

function revokeApiKeyRoute(app: Api, services: Services): void {
  const { store } = services;
  app.route({
    method: "DELETE",
    url: `${KEYS_URL}/:keyId`,
    config: { access: "admin", errors: ["API_KEY_NOT_FOUND"] },
    schema: {
      operationId: "revokeApiKey",
      summary: "Revoke a key, for good, everywhere within 2 seconds",
      tags: ["keys"],
      params: Type.Object({ appId: Type.String(), appEnv: Type.String(), keyId: Type.String() }),
      response: { 200: KEY_SCHEMA },
    },
    handler: async (request) => {
      const keyId = parseKeyId(request.params.keyId);
      const { tenant } = tenantOf(request);
      const key = keyId === null ? null : await store.revokeApiKey({ keyId, tenant, actor: actorOf(request) });
      if (key === null) throw keyNotFound();
      await services.putInForce();
      return keyView(key);
    },
  });
}

/** The 404 of keys. */
export function keyNotFound(): ApiError {
  return new ApiError("API_KEY_NOT_FOUND", "There is no such live key here. Check the id in the path.");
}
