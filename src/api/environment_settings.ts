/** What an application environment sets for itself, beside what the server has. */
import type { Static } from "typebox";
import { Type } from "typebox";
import type { EnvironmentSettings } from "../domain/environment_settings.ts";
import { DEFAULT_ENVIRONMENT_SETTINGS, RETENTION_MS_MAX, RETENTION_MS_MIN } from "../domain/environment_settings.ts";
import { actorOf, tenantOf } from "./access.ts";
import { nullable, TENANT_PATH } from "./schema_parts.ts";
import type { Api, ServerSettings, Services } from "./services.ts";
import { bodyFaults } from "./validation.ts";
import { RETRY_SCHEDULE, TIMEOUT } from "./webhook_schema.ts";

const SETTINGS_URL = "/v4/applications/:appId/envs/:appEnv/settings";

const RETENTION = Type.Integer({
  minimum: RETENTION_MS_MIN,
  maximum: RETENTION_MS_MAX,
  description: "How long messages are kept with their history, in ms; null: as the server says.",
});
const CONTENT_RETENTION = Type.Integer({
  minimum: RETENTION_MS_MIN,
  maximum: RETENTION_MS_MAX,
  description: "How long contents are kept, in ms, at most as long as the messages; null: as long as those.",
});
const AUTO_DISABLING = Type.Boolean({ description: "Whether webhooks that fail for 5 days are disabled." });

/** The fields that a caller may set; null resets one to its default. */
const SETTINGS_CHANGE_SCHEMA = Type.Object(
  {
    retrySchedule: Type.Optional(nullable(RETRY_SCHEDULE)),
    timeoutMs: Type.Optional(nullable(TIMEOUT)),
    isAutoDisabling: Type.Optional(nullable(AUTO_DISABLING)),
    retentionMs: Type.Optional(nullable(RETENTION)),
    contentRetentionMs: Type.Optional(nullable(CONTENT_RETENTION)),
    server: Type.Optional(Type.Unknown({ description: "Read-only: ignored." })),
  },
  { additionalProperties: false },
);

const SETTINGS_SCHEMA = Type.Object({
  retrySchedule: nullable(RETRY_SCHEDULE),
  timeoutMs: nullable(TIMEOUT),
  isAutoDisabling: AUTO_DISABLING,
  retentionMs: nullable(RETENTION),
  contentRetentionMs: nullable(CONTENT_RETENTION),
  server: Type.Object(
    {
      retrySchedule: RETRY_SCHEDULE,
      timeoutMs: TIMEOUT,
      retentionMs: RETENTION,
      tokenTtlMs: Type.Integer({ description: "How long a verification token is valid, in ms." }),
      egressAllow: Type.Array(Type.String(), {
        description: "Blocks of addresses that are let out to besides public ones.",
      }),
      isDevelopment: Type.Boolean({ description: "Plain http and receivers on this machine are allowed everywhere." }),
    },
    { description: "What holds where neither the webhook nor its environment says otherwise. Read-only." },
  ),
});

/** Registers the routes of this file. */
export function environmentSettingsRoutes(app: Api, services: Services): void {
  const { store, serverSettings } = services;

  app.route({
    method: "GET",
    url: SETTINGS_URL,
    config: { access: "webhooks" },
    schema: {
      operationId: "getSettings",
      summary: "Read the settings of an application environment",
      tags: ["settings"],
      params: TENANT_PATH,
      response: { 200: SETTINGS_SCHEMA },
    },
    handler: async (request) => {
      const { tenant } = tenantOf(request);
      return settingsView(await store.environmentSettings({ tenant }), serverSettings);
    },
  });

  app.route({
    method: "PUT",
    url: SETTINGS_URL,
    config: { access: "admin" },
    schema: {
      operationId: "updateSettings",
      summary: "Change the given settings of an application environment",
      tags: ["settings"],
      params: TENANT_PATH,
      body: SETTINGS_CHANGE_SCHEMA,
      response: { 200: SETTINGS_SCHEMA },
    },
    handler: async (request) => {
      const { tenant } = tenantOf(request);
      const { retentionMs: serverRetentionMs } = serverSettings;
      const asked = { tenant, change: changeOf(request.body), serverRetentionMs, actor: actorOf(request) };
      const result = await store.updateEnvironmentSettings(asked);
      if (result.kind === "contentOutlivesMessage") {
        const { contentRetentionMs, retentionMs } = result;
        const message = `is ${contentRetentionMs}; it can be at most the retention of the messages, ${retentionMs}`;
        throw bodyFaults([{ path: "contentRetentionMs", message }]);
      }
      await services.putInForce();
      return settingsView(result.settings, serverSettings);
    },
  });
}

function changeOf(body: Static<typeof SETTINGS_CHANGE_SCHEMA>): Partial<EnvironmentSettings> {
  const { isAutoDisabling } = body;
  return {
    ...(body.retrySchedule === undefined ? {} : { retrySchedule: body.retrySchedule }),
    ...(body.timeoutMs === undefined ? {} : { timeoutMs: body.timeoutMs }),
    ...(isAutoDisabling === undefined
      ? {}
      : { isAutoDisabling: isAutoDisabling ?? DEFAULT_ENVIRONMENT_SETTINGS.isAutoDisabling }),
    ...(body.retentionMs === undefined ? {} : { retentionMs: body.retentionMs }),
    ...(body.contentRetentionMs === undefined ? {} : { contentRetentionMs: body.contentRetentionMs }),
  };
}

function settingsView(settings: EnvironmentSettings, server: ServerSettings) {
  const { retrySchedule } = settings;
  return {
    ...settings,
    retrySchedule: retrySchedule === null ? null : [...retrySchedule],
    server: { ...server, retrySchedule: [...server.retrySchedule], egressAllow: [...server.egressAllow] },
  };
}
