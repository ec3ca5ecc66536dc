/** The calls about an application environment: its context and its webhooks. */
import type { EventList, EventQuery, WebhookEventDetails } from "./event.ts";
import type { Answer, Http } from "./http.ts";
import { idempotencyHeader, path } from "./http.ts";
import type { DryRun, EventResend, Job, JobOptions, JobPreview } from "./jobs.ts";
import type { StreamItem, StreamOptions, StreamQuery } from "./stream.ts";
import { streamItems } from "./stream.ts";
import type { NewWebhook, RegisteredWebhook, Webhook } from "./webhook.ts";

/** What an application is; `envSettings` has the environments that the key may see. */
export type ApplicationContext = {
  appId: string;
  appName: string;
  appType: "SIGNATURE";
  status: "ACTIVE";
  orgId: string | null;
  envSettings: { [appEnv: string]: { webhooks: Webhook[] } };
};

/** The calls about an application environment. Each throws `IgnisignError` when it fails. */
export class ApplicationsV4 {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** The application. */
  async getContext(appId: string): Promise<Answer<ApplicationContext>> {
    return this.#http.call({ method: "GET", path: path`/v4/applications/${appId}/context` });
  }

  /** Registers a webhook. The answer is the only one with its signing `secret`: keep it. */
  async addWebhookEndpoint(appId: string, appEnv: string, webhook: NewWebhook): Promise<Answer<RegisteredWebhook>> {
    return this.#http.call({
      method: "POST",
      path: path`/v4/applications/${appId}/envs/${appEnv}/webhooks`,
      body: webhook,
    });
  }

  /** All webhooks of the environment. */
  async getWebhookEndpoints(appId: string, appEnv: string): Promise<Answer<Webhook[]>> {
    return this.#http.call({ method: "GET", path: path`/v4/applications/${appId}/envs/${appEnv}/webhooks` });
  }

  /** A page of the events of all its webhooks, or of one with `webhookId`, newest first. */
  async getEvents(
    appId: string,
    appEnv: string,
    query: EventQuery & { webhookId?: string } = {},
  ): Promise<Answer<EventList>> {
    return this.#http.call({ method: "GET", path: path`/v4/applications/${appId}/envs/${appEnv}/events`, query });
  }

  /** Resends many events of all its webhooks, or of one with `webhookId`, as a job; see `webhooksV4.resendEvents`. */
  resendEvents(
    appId: string,
    appEnv: string,
    resend: EventResend & DryRun & { webhookId?: string },
  ): Promise<Answer<JobPreview>>;
  resendEvents(
    appId: string,
    appEnv: string,
    resend?: EventResend & { webhookId?: string },
    options?: JobOptions,
  ): Promise<Answer<Job>>;
  async resendEvents(
    appId: string,
    appEnv: string,
    resend: EventResend & { webhookId?: string } = {},
    options: JobOptions = {},
  ): Promise<Answer<Job | JobPreview>> {
    const headers = idempotencyHeader(options);
    return this.#http.call({
      method: "POST",
      path: path`/v4/applications/${appId}/envs/${appEnv}/events/resend`,
      body: resend,
      headers,
    });
  }

  /**
   * Events and attempts of all its webhooks as they happen, until the signal or a `break`. A connection that breaks is made
   * again, and goes on where it was.
   */
  stream(
    appId: string,
    appEnv: string,
    query: StreamQuery = {},
    options: StreamOptions = {},
  ): AsyncGenerator<StreamItem, void> {
    const url = path`/v4/applications/${appId}/envs/${appEnv}/webhooks/stream`;
    return streamItems(this.#http, { path: url, query }, options);
  }

  /** One event with its attempts, by its id alone. */
  async getEvent(appId: string, appEnv: string, eventId: string): Promise<Answer<WebhookEventDetails>> {
    return this.#http.call({ method: "GET", path: path`/v4/applications/${appId}/envs/${appEnv}/events/${eventId}` });
  }
}
