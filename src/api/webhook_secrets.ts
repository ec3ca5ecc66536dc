/** The signing secrets and public keys of a webhook: read them (which is audited), rotate, and end the old ones. */
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import { assert } from "../assert.ts";
import { formatSecret, parseSecret, SECRET_BYTES_DEFAULT } from "../domain/signature.ts";
import { SECRET_OVERLAP_MS, SECRET_OVERLAP_MS_MAX, SIGNING_KEYS_MAX } from "../domain/webhook.ts";
import type { SigningSecret } from "../store/webhooks.ts";
import { actorOf } from "./access.ts";
import { WEBHOOK_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { bodyFaults } from "./validation.ts";
import { webhookNotFound, webhookOf } from "./webhook_lookup.ts";
import { SECRETS_SCHEMA } from "./webhook_schema.ts";

const ROTATION_SCHEMA = Type.Unsafe<{ secret?: string; overlapMs?: number } | null>({
  type: ["object", "null"],
  properties: {
    secret: { type: "string", description: "Your own, in place of a generated one." },
    overlapMs: {
      type: "integer",
      minimum: 0,
      maximum: SECRET_OVERLAP_MS_MAX,
      default: SECRET_OVERLAP_MS,
      description:
        "How long the old secrets and key pairs stay valid, in ms; 0 ends them at once, as after a leak. " +
        `At most ${SIGNING_KEYS_MAX} of each are valid at a time: the oldest ones end first.`,
    },
  },
  additionalProperties: false,
});

/** Registers the routes of this file. */
export function webhookSecretRoutes(app: Api, services: Services): void {
  const { store, random } = services;

  app.route({
    method: "GET",
    url: "/v4/webhooks/:webhookId/secret",
    config: { access: "webhooks", errors: ["WEBHOOK_NOT_FOUND"] },
    schema: {
      operationId: "getWebhookSecret",
      summary: "Read the signing secrets and public keys of a webhook",
      tags: ["webhooks"],
      params: WEBHOOK_PATH,
      response: { 200: SECRETS_SCHEMA },
    },
    handler: async (request) => {
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const secrets = await store.revealSecrets({ tenant, webhookId, actor: actorOf(request) });
      if (secrets === null) throw webhookNotFound();
      return secretsView(secrets);
    },
  });

  app.route({
    method: "POST",
    url: "/v4/webhooks/:webhookId/secret/rotate",
    config: { access: "webhooks", errors: ["WEBHOOK_NOT_FOUND"] },
    schema: {
      operationId: "rotateWebhookSecret",
      summary:
        "Give a webhook a new secret, and a new key pair if it asks for v1a; the old ones stay valid for 24 hours, or as " +
        "long as is asked",
      tags: ["webhooks"],
      params: WEBHOOK_PATH,
      body: ROTATION_SCHEMA,
      response: { 200: SECRETS_SCHEMA },
    },
    handler: async (request) => {
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const secret = request.body?.secret ?? formatSecret(random.bytes(SECRET_BYTES_DEFAULT));
      if (parseSecret(secret) === null) {
        throw bodyFaults([{ path: "secret", message: "must be `whsec_` and base64 of 24 to 64 bytes" }]);
      }
      const overlapMs = request.body?.overlapMs ?? SECRET_OVERLAP_MS;
      const rotation = { tenant, webhookId, secret, overlapMs, actor: actorOf(request) };
      const secrets = await store.rotateSecret(rotation);
      if (secrets === null) throw webhookNotFound();
      await services.putInForce();
      return secretsView(secrets);
    },
  });

  app.route({
    method: "DELETE",
    url: "/v4/webhooks/:webhookId/secret/previous",
    config: { access: "webhooks", errors: ["WEBHOOK_NOT_FOUND"] },
    schema: {
      operationId: "endPreviousSecrets",
      summary: "End at once the secrets and key pairs that a rotation lets sign along; answers those that are left",
      tags: ["webhooks"],
      params: WEBHOOK_PATH,
      response: { 200: SECRETS_SCHEMA },
    },
    handler: async (request) => {
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const secrets = await store.endPreviousSecrets({ tenant, webhookId, actor: actorOf(request) });
      if (secrets === null) throw webhookNotFound();
      await services.putInForce();
      return secretsView(secrets);
    },
  });
}

function secretsView(all: readonly SigningSecret[]) {
  const secrets = all.flatMap((one) => (one.version === "v1" ? [{ ...placeOf(one), secret: one.secret }] : []));
  const publicKeys = all.flatMap((one) =>
    one.version === "v1a" ? [{ ...placeOf(one), publicKey: one.publicKey }] : [],
  );
  const [newest] = secrets;
  assert(newest !== undefined, "a webhook has no live signing secret");
  return { secret: newest.secret, secrets, publicKeys };
}

function placeOf({ id, createdAt, expiresAt }: SigningSecret) {
  return { _id: id, _createdAt: isoTime(createdAt), expiresAt: expiresAt === null ? null : isoTime(expiresAt) };
}
