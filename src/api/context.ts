/** What the SDK asks for at its start: the application and the webhooks of its environment. */
import { Type } from "typebox";
import type { AppEnv } from "../domain/values.ts";
import { APP_ENVS } from "../domain/values.ts";
import type { Tenant } from "../store/tenancy.ts";
import { appNotFound, ownTenantOf } from "./access.ts";
import { webhookView } from "./representation.ts";
import { nullable } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { WEBHOOK_SCHEMA } from "./webhook_schema.ts";

const ENV_SCHEMA = Type.Object({ webhooks: Type.Array(WEBHOOK_SCHEMA) });

const CONTEXT_SCHEMA = Type.Object({
  appId: Type.String(),
  appName: Type.String(),
  appType: Type.String(),
  status: Type.String(),
  orgId: nullable(Type.String()),
  envSettings: Type.Object(
    {
      DEVELOPMENT: Type.Optional(ENV_SCHEMA),
      TEST: Type.Optional(ENV_SCHEMA),
      STAGING: Type.Optional(ENV_SCHEMA),
      PRODUCTION: Type.Optional(ENV_SCHEMA),
    },
    { description: "The caller's environment; all of them for the operator." },
  ),
});

type EnvSettings = { webhooks: ReturnType<typeof webhookView>[] };

/** Registers the routes of this file. */
export function contextRoutes(app: Api, { store, tenants }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/applications/:appId/context",
    config: { access: "webhooks", errors: ["APP_NOT_FOUND"] },
    schema: {
      operationId: "getApplicationContext",
      summary: "Read an application as the SDK needs it",
      tags: ["applications"],
      params: Type.Object({ appId: Type.String() }),
      response: { 200: CONTEXT_SCHEMA },
    },
    handler: async (request) => {
      const own = ownTenantOf(request);
      const visible = own === null ? await allEnvironments(request.params.appId) : [own];
      const [first] = visible;
      if (first === undefined) throw appNotFound();
      const envSettings: Partial<Record<AppEnv, EnvSettings>> = {};
      for (const { tenant, appEnv } of visible) {
        envSettings[appEnv] = { webhooks: (await store.listWebhooks({ tenant })).map(webhookView) };
      }
      const { appId, appName, orgId } = first;
      return { appId, appName, appType: "SIGNATURE", status: "ACTIVE", orgId, envSettings };
    },
  });

  async function allEnvironments(appId: string): Promise<Tenant[]> {
    const found = await Promise.all(APP_ENVS.map((appEnv) => tenants.find({ appId, appEnv })));
    return found.filter((tenant) => tenant !== null);
  }
}
