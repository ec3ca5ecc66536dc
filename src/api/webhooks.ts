/** Webhooks: register, list, read, change, delete. */
import { Type } from "typebox";
import { DEFAULT_SETTINGS, WEBHOOKS_PER_TENANT_MAX } from "../domain/webhook.ts";
import { formatSecret, parseSecret, SECRET_BYTES_DEFAULT } from "../domain/signature.ts";
import { ApiError } from "../errors.ts";
import { actorOf, tenantOf } from "./access.ts";
import { webhookView } from "./representation.ts";
import { TENANT_PATH, WEBHOOK_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { bodyFaults } from "./validation.ts";
import { webhookNotFound, webhookOf } from "./webhook_lookup.ts";
import {
  CHANGED_WEBHOOK_SCHEMA,
  CREATED_WEBHOOK_SCHEMA,
  NEW_WEBHOOK_SCHEMA,
  WEBHOOK_CHANGE_SCHEMA,
  WEBHOOK_SCHEMA,
} from "./webhook_schema.ts";
import { parseSettings } from "./webhook_settings.ts";

const TENANT_URL = "/v4/applications/:appId/envs/:appEnv/webhooks";
const WEBHOOK_URL = "/v4/webhooks/:webhookId";

/** Registers the routes of this file. */
export function webhookRoutes(app: Api, services: Services): void {
  createWebhookRoute(app, services);
  listWebhooksRoute(app, services);
  getWebhookRoute(app, services);
  updateWebhookRoute(app, services);
  deleteWebhookRoute(app, services);
}

function createWebhookRoute(app: Api, services: Services): void {
  const { store, catalog, egressPolicy, random, flowLimits } = services;
  app.route({
    method: "POST",
    url: TENANT_URL,
    config: {
      access: "webhooks",
      errors: ["WEBHOOK_URL_FORBIDDEN", "WEBHOOK_LIMIT_REACHED", "WEBHOOK_CHANGE_LIMIT_REACHED"],
    },
    schema: {
      operationId: "createWebhook",
      summary: "Register a webhook",
      tags: ["webhooks"],
      params: TENANT_PATH,
      body: NEW_WEBHOOK_SCHEMA,
      response: { 201: CREATED_WEBHOOK_SCHEMA },
    },
    handler: async (request, reply) => {
      const tenant = tenantOf(request);
      const { url, secret: broughtSecret, ...settings } = request.body;
      const secret = broughtSecret ?? formatSecret(random.bytes(SECRET_BYTES_DEFAULT));
      if (parseSecret(secret) === null) {
        throw bodyFaults([{ path: "secret", message: "must be `whsec_` and base64 of 24 to 64 bytes" }]);
      }
      const context = { catalog, egressPolicy, appEnv: tenant.appEnv, current: null };
      const parsed = { ...DEFAULT_SETTINGS, url, ...parseSettings({ url, ...settings }, context) };
      flowLimits.count("webhookChange", tenant.tenant);
      const warnings = await urlWarnings(parsed.url, services);
      const actor = actorOf(request);
      const result = await store.createWebhook({ tenant: tenant.tenant, settings: parsed, secret, actor });
      if (result.kind === "limit") throw limitReached();
      await services.putInForce();
      void reply.code(201);
      return { ...webhookView(result.webhook), secret, ...warnings };
    },
  });
}

function listWebhooksRoute(app: Api, { store }: Services): void {
  app.route({
    method: "GET",
    url: TENANT_URL,
    config: { access: "webhooks" },
    schema: {
      operationId: "listWebhooks",
      summary: "List the webhooks of an application environment",
      tags: ["webhooks"],
      params: TENANT_PATH,
      response: { 200: Type.Array(WEBHOOK_SCHEMA) },
    },
    handler: async (request) => (await store.listWebhooks({ tenant: tenantOf(request).tenant })).map(webhookView),
  });
}

function getWebhookRoute(app: Api, { store }: Services): void {
  app.route({
    method: "GET",
    url: WEBHOOK_URL,
    config: { access: "webhooks", errors: ["WEBHOOK_NOT_FOUND"] },
    schema: {
      operationId: "getWebhook",
      summary: "Read a webhook",
      tags: ["webhooks"],
      params: WEBHOOK_PATH,
      response: { 200: WEBHOOK_SCHEMA },
    },
    handler: async (request) => webhookView(await webhookOf(store, request)),
  });
}

function updateWebhookRoute(app: Api, services: Services): void {
  const { store, catalog, egressPolicy, flowLimits } = services;
  app.route({
    method: "PUT",
    url: WEBHOOK_URL,
    config: {
      access: "webhooks",
      errors: ["WEBHOOK_NOT_FOUND", "WEBHOOK_URL_FORBIDDEN", "WEBHOOK_CHANGE_LIMIT_REACHED"],
    },
    schema: {
      operationId: "updateWebhook",
      summary: "Change the given settings of a webhook",
      tags: ["webhooks"],
      params: WEBHOOK_PATH,
      body: WEBHOOK_CHANGE_SCHEMA,
      response: { 200: CHANGED_WEBHOOK_SCHEMA },
    },
    handler: async (request) => {
      const current = await webhookOf(store, request);
      const { tenant, id: webhookId, appEnv } = current;
      const change = parseSettings(request.body, { catalog, egressPolicy, appEnv, current });
      if (change.url !== undefined) flowLimits.count("webhookChange", tenant);
      const warnings = change.url === undefined ? {} : await urlWarnings(change.url, services);
      const webhook = await store.updateWebhook({ tenant, webhookId, change, actor: actorOf(request) });
      if (webhook === null) throw webhookNotFound();
      await services.putInForce();
      return { ...webhookView(webhook), ...warnings };
    },
  });
}

function deleteWebhookRoute(app: Api, services: Services): void {
  const { store } = services;
  app.route({
    method: "DELETE",
    url: WEBHOOK_URL,
    config: { access: "webhooks", errors: ["WEBHOOK_NOT_FOUND"] },
    schema: {
      operationId: "deleteWebhook",
      summary: "Delete a webhook; its waiting events fail",
      tags: ["webhooks"],
      params: WEBHOOK_PATH,
      response: { 200: WEBHOOK_SCHEMA },
    },
    handler: async (request) => {
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const webhook = await store.deleteWebhook({ tenant, webhookId, actor: actorOf(request) });
      if (webhook === null) throw webhookNotFound();
      await services.putInForce();
      return webhookView(webhook);
    },
  });
}

async function urlWarnings(text: string, { hostResolves }: Services): Promise<{ warnings?: string[] }> {
  const url = new URL(text);
  if (await hostResolves(url)) return {};
  return { warnings: [`The host ${url.hostname} does not resolve now. Deliveries fail until it does.`] };
}

function limitReached(): ApiError {
  return new ApiError(
    "WEBHOOK_LIMIT_REACHED",
    `The application environment has ${WEBHOOKS_PER_TENANT_MAX} webhooks, the most it may have. Delete one first.`,
    { context: { limit: WEBHOOKS_PER_TENANT_MAX } },
  );
}
