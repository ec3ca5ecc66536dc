/** The client: everything hangs on it. */
import { ApplicationsV4 } from "./applications.ts";
import type { IGNISIGN_APPLICATION_ENV } from "./catalog.ts";
import { Http } from "./http.ts";
import { JobsV4 } from "./jobs.ts";
import { MessagesV4 } from "./messages.ts";
import { StatsV4 } from "./stats.ts";
import { TokensV4 } from "./tokens.ts";
import { WebhooksV4 } from "./webhooks.ts";

const SERVER_URL_DEFAULT = "http://127.0.0.1:4400";
const TIMEOUT_MS_DEFAULT = 10_000;
const TIMEOUT_MS_MAX = 600_000;

/** Who calls, and where. */
export type IgnisignClientOptions = {
  /** Your application; the platform, which publishes for all of them, leaves it out. */
  appId?: string;
  appEnv?: IGNISIGN_APPLICATION_ENV;
  apiKey: string;
  /** Default: the environment variable `IGNISIGN_SERVER_URL`, else http://127.0.0.1:4400. */
  serverUrl?: string;
  /** The bound on each call in ms, up to 10 minutes. Default 10,000. */
  timeoutMs?: number;
};

/** The calls by resource, named as in the v4 API. */
export type V4Calls = {
  readonly applicationsV4: ApplicationsV4;
  readonly webhooksV4: WebhooksV4;
  readonly jobsV4: JobsV4;
  readonly statsV4: StatsV4;
  readonly messagesV4: MessagesV4;
  readonly tokensV4: TokensV4;
};

/** A client of one server with one key. Holds no connection or timer: there is nothing to close. */
export class IgnisignClient {
  readonly appId: string | undefined;
  readonly appEnv: IGNISIGN_APPLICATION_ENV | undefined;
  readonly client: V4Calls;
  /** The same as `client.tokensV4`. */
  readonly tokens: TokensV4;

  /** Throws a TypeError that names the option which is missing or wrong. */
  constructor({ appId, appEnv, apiKey, serverUrl, timeoutMs = TIMEOUT_MS_DEFAULT }: IgnisignClientOptions) {
    if (typeof apiKey !== "string" || !/^[\x21-\x7e]+$/.test(apiKey)) {
      throw new TypeError("apiKey is missing or has characters that no key has. Give the API key of your application.");
    }
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > TIMEOUT_MS_MAX) {
      throw new TypeError(`timeoutMs is ${timeoutMs}; expected whole milliseconds from 1 to ${TIMEOUT_MS_MAX}.`);
    }
    const http = new Http({ serverUrl: serverUrl ?? serverUrlOfEnvironment(), apiKey, timeoutMs });
    this.appId = appId;
    this.appEnv = appEnv;
    this.tokens = new TokensV4(http, { appId, appEnv });
    this.client = {
      applicationsV4: new ApplicationsV4(http),
      webhooksV4: new WebhooksV4(http),
      jobsV4: new JobsV4(http),
      statsV4: new StatsV4(http),
      messagesV4: new MessagesV4(http),
      tokensV4: this.tokens,
    };
  }
}

function serverUrlOfEnvironment(): string {
  const { IGNISIGN_SERVER_URL: given = "" } = process.env;
  return given === "" ? SERVER_URL_DEFAULT : given;
}
