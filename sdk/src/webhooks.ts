/** The calls about one webhook: its settings, its secret, its events. */
import type { EventList, EventQuery, WebhookEvent, WebhookEventDetails } from "./event.ts";
import type { Answer, Http } from "./http.ts";
import { idempotencyHeader, path } from "./http.ts";
import type { DryRun, EventResend, Job, JobOptions, JobPreview, WebhookReplay } from "./jobs.ts";
import type { Webhook, WebhookChange, WebhookSecrets } from "./webhook.ts";

/** A test: an action, and a content in place of the catalogue's sample. */
export type WebhookTest = { topic: string; action: string; content?: { [field: string]: unknown } };

/** The calls about one webhook. Each throws `IgnisignError` when it fails. */
export class WebhooksV4 {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** One webhook. */
  async getWebhook(webhookId: string): Promise<Answer<Webhook>> {
    return this.#http.call({ method: "GET", path: path`/v4/webhooks/${webhookId}` });
  }

  /** Changes the given fields and no others. `{ isDisabled: true }` pauses it, `false` lets it go on. */
  async updateWebhook(webhookId: string, change: WebhookChange): Promise<Answer<Webhook>> {
    return this.#http.call({ method: "PUT", path: path`/v4/webhooks/${webhookId}`, body: change });
  }

  /** Deletes it; what waits for it fails. Answers the deleted webhook. */
  async removeWebhook(webhookId: string): Promise<Answer<Webhook>> {
    return this.#http.call({ method: "DELETE", path: path`/v4/webhooks/${webhookId}` });
  }

  /** A page of its events, newest first. */
  async getEvents(webhookId: string, query: EventQuery = {}): Promise<Answer<EventList>> {
    return this.#http.call({ method: "GET", path: path`/v4/webhooks/${webhookId}/events`, query });
  }

  /** One event with its attempts. */
  async getEvent(webhookId: string, eventId: string): Promise<Answer<WebhookEventDetails>> {
    return this.#http.call({ method: "GET", path: path`/v4/webhooks/${webhookId}/events/${eventId}` });
  }

  /** Sends an event once more, with a fresh retry schedule. `WEBHOOK_EVENT_ALREADY_PENDING` while it is under way. */
  async resendEvent(webhookId: string, eventId: string): Promise<Answer<WebhookEvent>> {
    return this.#http.call({ method: "POST", path: path`/v4/webhooks/${webhookId}/events/${eventId}/resend` });
  }

  /**
   * Resends many events, as a job: with `{ dryRun: true }` only a count of them. Counting a million events takes the server
   * some seconds: give the client a `timeoutMs` for that.
   */
  resendEvents(webhookId: string, resend: EventResend & DryRun): Promise<Answer<JobPreview>>;
  resendEvents(webhookId: string, resend?: EventResend, options?: JobOptions): Promise<Answer<Job>>;
  async resendEvents(
    webhookId: string,
    resend: EventResend = {},
    options: JobOptions = {},
  ): Promise<Answer<Job | JobPreview>> {
    const headers = idempotencyHeader(options);
    return this.#http.call({
      method: "POST",
      path: path`/v4/webhooks/${webhookId}/events/resend`,
      body: resend,
      headers,
    });
  }

  /** Sends, as a job, the messages since `from` that the webhook would take now and has no event for. */
  replay(webhookId: string, replay: WebhookReplay & DryRun): Promise<Answer<JobPreview>>;
  replay(webhookId: string, replay: WebhookReplay, options?: JobOptions): Promise<Answer<Job>>;
  async replay(webhookId: string, replay: WebhookReplay, options: JobOptions = {}): Promise<Answer<Job | JobPreview>> {
    const headers = idempotencyHeader(options);
    return this.#http.call({ method: "POST", path: path`/v4/webhooks/${webhookId}/replay`, body: replay, headers });
  }

  /** Sends a test event, marked as such. */
  async testWebhook(webhookId: string, test: WebhookTest): Promise<Answer<WebhookEvent>> {
    return this.#http.call({ method: "POST", path: path`/v4/webhooks/${webhookId}/test`, body: test });
  }

  /** The signing secrets and public keys. Reading them is noted in the audit log. */
  async getSecret(webhookId: string): Promise<Answer<WebhookSecrets>> {
    return this.#http.call({ method: "GET", path: path`/v4/webhooks/${webhookId}/secret` });
  }

  /**
   * Makes a new signing secret, or takes yours, and a new key pair where `v1a` is asked for; the old ones sign along for 24
   * hours, or as long as `overlapMs` says.
   */
  async rotateSecret(
    webhookId: string,
    given: { secret?: string; overlapMs?: number } = {},
  ): Promise<Answer<WebhookSecrets>> {
    return this.#http.call({ method: "POST", path: path`/v4/webhooks/${webhookId}/secret/rotate`, body: given });
  }

  /** Ends at once what a rotation lets sign along; the secrets and public keys that are left. */
  async endPreviousSecrets(webhookId: string): Promise<Answer<WebhookSecrets>> {
    return this.#http.call({ method: "DELETE", path: path`/v4/webhooks/${webhookId}/secret/previous` });
  }
}
