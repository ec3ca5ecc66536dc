/** The `webhooks` section of the reference: what a receiver gets, one entry for each action of the catalogue. */
import type { ActionDefinition, ActionName, Catalog } from "../domain/catalog.ts";
import { DELIVERY_CONTROL_HEADER } from "../domain/delivery_control.ts";
import { APP_ENVS, MSG_NATURES } from "../domain/values.ts";

/** By `TOPIC.ACTION`, as OpenAPI path items. */
export function openapiWebhooks(catalog: Catalog): { [name: string]: object } {
  const entries: [string, object][] = [];
  for (const [topic, { actions }] of Object.entries(catalog.definition.topics)) {
    for (const [action, definition] of Object.entries(actions)) {
      entries.push([`${topic}.${action}`, { post: operation({ topic, action }, definition) }]);
    }
  }
  return Object.fromEntries(entries);
}

function operation({ topic, action }: ActionName, definition: ActionDefinition): object {
  const { description, msgNature, isDeprecated, content, sample } = definition;
  return {
    operationId: `receive${topic}_${action}`,
    summary: description,
    tags: [topic],
    ...(isDeprecated ? { deprecated: true } : {}),
    parameters: [
      header("webhook-id", "The event's id: the same on every retry and resend."),
      header("webhook-timestamp", "When the attempt was made, in whole seconds."),
      header(
        "webhook-signature",
        "One for each live key, separated by a space: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; for webhooks " +
          "that ask for it `v1a,` and the base64 ed25519 signature of the same.",
      ),
    ],
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: bodySchema({ topic, action }, content),
          example: example({ topic, action }, { msgNature, sample }),
        },
      },
    },
    responses: {
      "200": { description: "Received. Any other answer is a failure and is tried again." },
      default: {
        description: "A failure, which is tried again, but not after 410, which disables the webhook as well.",
        headers: {
          [DELIVERY_CONTROL_HEADER]: {
            description: "`disable`: no retry, and the webhook is disabled. `abort-message`: no retry of this event.",
            schema: { type: "string", enum: ["disable", "abort-message"] },
          },
        },
      },
    },
  };
}

function header(name: string, description: string): object {
  return { name, in: "header", required: true, description, schema: { type: "string" } };
}

function bodySchema({ topic, action }: ActionName, content: object): object {
  return {
    type: "object",
    required: ["appId", "appEnv", "topic", "action", "msgNature", "content", "verificationToken"],
    properties: {
      appId: { type: "string" },
      appEnv: { type: "string", enum: [...APP_ENVS] },
      topic: { type: "string", const: topic },
      action: { type: "string", const: action },
      msgNature: { type: "string", enum: [...MSG_NATURES] },
      content,
      error: {
        type: "object",
        required: ["errorCode"],
        properties: { errorCode: { type: "string" }, message: { type: "string" }, context: {} },
      },
      verificationToken: { type: "string", description: "Single use; see checking-consumption." },
    },
  };
}

function example(
  { topic, action }: ActionName,
  { msgNature, sample }: Pick<ActionDefinition, "msgNature" | "sample">,
): object {
  const appId = "appId_7f9c2ba4-e88f-4dd7-9f3a-5a0c6f9a1b2c";
  return { appId, appEnv: "DEVELOPMENT", topic, action, msgNature, content: sample, verificationToken: "wvt_…" };
}
