/** The body that a receiver gets. */
import type {
  IGNISIGN_APPLICATION_ENV,
  IGNISIGN_WEBHOOK_MESSAGE_NATURE,
  WebhookActions,
  WebhookContents,
} from "./catalog.ts";

/** What a message says of an error. */
export type WebhookError = { errorCode: string; message?: string; context?: unknown };

/** The body of a webhook of one topic. */
export type WebhookPayloadOf<Topic extends keyof WebhookContents> = {
  appId: string;
  appEnv: IGNISIGN_APPLICATION_ENV;
  topic: Topic;
  action: WebhookActions[Topic];
  msgNature: IGNISIGN_WEBHOOK_MESSAGE_NATURE;
  content: WebhookContents[Topic];
  error?: WebhookError;
  /** Checked once with `checkConsumeWebhook`; every attempt has its own. */
  verificationToken: string;
};

/** The body of any webhook: `switch (payload.topic)` tells the types of action and content. */
export type WebhookPayload = { [Topic in keyof WebhookContents]: WebhookPayloadOf<Topic> }[keyof WebhookContents];
