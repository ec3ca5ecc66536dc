/**
 * What the fuzzed server holds: two tenants with one of everything, and the credentials of every kind of caller. Calls that
 * succeed may take away what others need; {@link World.repair} puts it back.
 */
import { assert } from "../../src/assert.ts";
import { SCOPES } from "../../src/domain/values.ts";
import { ApiClient } from "../e2e/support/api_client.ts";
import type { Answer } from "../e2e/support/api_client.ts";
import { eventually } from "../e2e/support/api_server.ts";
import type { Received, Receiver } from "../e2e/support/receiver.ts";
import type { WorldName } from "./field_values.ts";
import type { Caller } from "./requests.ts";

type Json = Record<string, unknown>;
/** The ids of a tenant's things. */
type Things = {
  appId: string;
  base: string;
  apiKey: string;
  webhookId: string;
  eventId: string;
  messageId: string;
  jobId: string;
  keyId: string;
  viewId: string;
  cursor: string;
};

const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "signer-345678" } };
/** At one a second, so many keep a job running for longer than it is asked about. */
const EVENTS_OF_JOB = 200;
const EXPIRED = "skv2_development_00000000-0000-4000-8000-000000000000_expired";

/** The things of both tenants, and how calls are made with them. */
export class World {
  readonly #operator: ApiClient;
  readonly #adminKey: string;
  readonly #receiver: Receiver;
  readonly #url: string;
  #own: Things | null = null;
  #other: Things | null = null;
  #keys: Record<Exclude<Caller, "nobody" | "malformed" | "session" | "bareCookie">, string> | null = null;
  #cookie = "";
  #platformKeyId = "";
  #brought = 0;
  #viewsMade = 0;

  constructor(of: { url: string; adminKey: string; receiver: Receiver }) {
    this.#url = of.url;
    this.#adminKey = of.adminKey;
    this.#receiver = of.receiver;
    this.#operator = new ApiClient({ url: of.url, key: of.adminKey });
  }

  async make(): Promise<void> {
    this.#other = await this.#makeTenant();
    const own = (this.#own = await this.#makeTenant());
    const { base } = own;
    const made = async (path: string, body: object) => (await must(this.#operator, 201, "POST", path, body)).json;
    const revoked = await made(`${base}/api-keys`, { name: "revoked" });
    await must(this.#operator, 200, "DELETE", `${base}/api-keys/${String(revoked["_id"])}`);
    const exchange = { appId: own.appId, appEnv: "DEVELOPMENT", secret: own.apiKey };
    const jwt = await must(this.#operator, 200, "POST", "/v4/auth/app-api", exchange);
    this.#keys = {
      allScopes: own.apiKey,
      operator: this.#adminKey,
      defaultScopes: String((await made(`${base}/api-keys`, { name: "defaults" }))["apiKey"]),
      platform: String((await made("/v4/api-keys", { name: "platform" }))["apiKey"]),
      jwt: String(jwt.json["jwtToken"]),
      otherTenant: this.#other.apiKey,
      expired: EXPIRED,
      revoked: String(revoked["apiKey"]),
      unknown: `${own.apiKey}x`,
    };
    this.#platformKeyId = String((await made("/v4/api-keys", { name: "spare" }))["_id"]);
    await this.#signIn();
  }

  /** What fills a slot. */
  valueOf(name: WorldName): string {
    const [own, other] = [this.#things("own"), this.#things("other")];
    const last = this.#lastOf(own);
    switch (name) {
      case "appId":
      case "webhookId":
      case "eventId":
      case "messageId":
      case "jobId":
      case "keyId":
      case "viewId":
      case "cursor":
        return own[name];
      case "appEnv":
        return "DEVELOPMENT";
      case "number":
        return "1";
      case "platformKeyId":
        return this.#platformKeyId;
      case "token":
        return tokenOf(last);
      case "tenantKey":
        return own.apiKey;
      case "bringableKey":
        return `skv2_development_${own.appId.slice(6)}_${String((this.#brought += 1)).padStart(20, "0")}`;
      case "receiver":
        return this.#receiver.url;
      case "signatureId":
        return String(last?.headers["webhook-id"] ?? "");
      case "signature":
        return String(last?.headers["webhook-signature"] ?? "");
      case "signedBody":
        return last?.body.replaceAll('"', '\\"') ?? ""; // it is filled into JSON
      case "signedAt":
        return String(last?.headers["webhook-timestamp"] ?? "");
      case "otherAppId":
        return other.appId;
      case "otherWebhookId":
        return other.webhookId;
      case "otherEventId":
        return other.eventId;
      case "otherMessageId":
        return other.messageId;
      case "otherJobId":
        return other.jobId;
      case "otherKeyId":
        return other.keyId;
      case "otherViewId":
        return other.viewId;
      case "otherToken":
        return tokenOf(this.#lastOf(other));
      case "otherCursor":
        return other.cursor;
    }
  }

  /** The headers by which the caller is known. */
  credentialsOf(caller: Caller): readonly (readonly [string, string])[] {
    const cookie = ["cookie", this.#cookie] as const;
    switch (caller) {
      case "nobody":
        return [];
      case "malformed":
        return [["authorization", "Basic eDp5"]];
      case "session":
        return [cookie, ["sec-fetch-site", "same-origin"], ["ignisign-console", "1"]];
      case "bareCookie":
        return [cookie];
      default:
        assert(this.#keys !== null, "the world is not made yet");
        return [["authorization", `Bearer ${this.#keys[caller]}`]];
    }
  }

  /** Puts back what a call that succeeded has taken away. */
  async repair(operationId: string, answer: { status: number; json: Json }): Promise<void> {
    const own = this.#things("own");
    if (answer.json["code"] === "JOB_ENDED") this.#own = { ...own, jobId: await this.#startJob(own) };
    if (answer.status >= 300) return;
    switch (operationId) {
      case "createWebhook":
        return void (await must(this.#operator, 200, "DELETE", `/v4/webhooks/${String(answer.json["_id"])}`));
      case "deleteWebhook":
        return void (this.#own = { ...own, ...(await this.#makeHistory(own)) });
      case "updateWebhook":
        return this.#resetWebhook(own);
      case "updateSettings": {
        const reset = { retrySchedule: null, timeoutMs: null, retentionMs: null, contentRetentionMs: null };
        return void (await must(this.#operator, 200, "PUT", `${own.base}/settings`, reset));
      }
      case "eraseMessageContent":
        return void (this.#own = { ...own, ...(await this.#publish(own)) });
      case "revokeApiKey":
        return void (this.#own = { ...own, keyId: await this.#spareKey(own.base) });
      case "createView":
        return this.#deleteView(String(answer.json["_id"]));
      case "deleteView":
        return void (this.#own = { ...own, viewId: await this.#spareView(own.base) });
      case "updateSystem":
        return void (await must(this.#operator, 200, "PUT", "/v4/system", { isPaused: false }));
      case "revokePlatformKey": {
        const { json } = await must(this.#operator, 201, "POST", "/v4/api-keys", { name: "spare" });
        return void (this.#platformKeyId = String(json["_id"]));
      }
      case "deleteSession":
      case "createSession":
        return this.#signIn();
      case "resendWebhookEvents":
      case "resendEvents":
      case "replayWebhook":
      case "rerunJob":
      case "resumeJob":
        return this.#endJob(own, answer);
      case "cancelJob":
        return void (this.#own = { ...own, jobId: await this.#startJob(own) });
    }
  }

  async #makeTenant(): Promise<Things> {
    const { appId, base } = await this.#operator.newTenant();
    const key = await must(this.#operator, 201, "POST", `${base}/api-keys`, { scopes: SCOPES, name: "all" });
    const apiKey = String(key.json["apiKey"]);
    const all = this.#operator.as(apiKey);
    const keyId = await this.#spareKey(base);
    const viewId = await this.#spareView(base);
    const history = await this.#makeHistory({ appId, base, apiKey });
    const jobId = await this.#startJob({ base, apiKey });
    await must(all, 201, "POST", `${base}/messages/batch`, {
      messages: Array.from({ length: EVENTS_OF_JOB }, () => SIGNER),
    });
    const { json } = await must(all, 200, "GET", `${base}/events?limit=1`);
    return { appId, base, apiKey, keyId, viewId, jobId, ...history, cursor: String(json["nextCursor"]) };
  }

  /** A webhook with an event that was delivered. */
  async #makeHistory(of: Pick<Things, "appId" | "base" | "apiKey">) {
    const all = this.#operator.as(of.apiKey);
    const webhook = await must(all, 201, "POST", `${of.base}/webhooks`, { url: `${this.#receiver.url}/${of.appId}` });
    const published = await this.#publish(of);
    return { webhookId: String(webhook.json["_id"]), ...published };
  }

  async #publish({ base, apiKey }: Pick<Things, "base" | "apiKey">) {
    const all = this.#operator.as(apiKey);
    const { json } = await must(all, 201, "POST", `${base}/messages`, SIGNER);
    const eventId = (json["events"] as { _id: string }[]).at(-1)?._id ?? "";
    const read = (): Promise<Answer> => must(all, 200, "GET", `${base}/events/${eventId}`);
    await eventually(read, (event) => event.json["status"] === "SUCCESS");
    return { messageId: String(json["_id"]), eventId };
  }

  /** A job that takes long, so that it can be paused and cancelled; what ran before is ended. */
  async #startJob({ base, apiKey }: Pick<Things, "base" | "apiKey">): Promise<string> {
    const all = this.#operator.as(apiKey);
    const { json: jobs } = await must(all, 200, "GET", `${base}/jobs?limit=10`);
    for (const { _id: jobId } of jobs["items"] as { _id: string }[])
      await all.call("POST", `${base}/jobs/${jobId}/cancel`);
    const { json } = await must(all, 202, "POST", `${base}/events/resend`, { filter: "ALL", rate: 1 });
    return String(json["_id"]);
  }

  /** In whichever tenant it is: the operator saves views in both. */
  async #deleteView(viewId: string): Promise<void> {
    for (const { base } of [this.#things("own"), this.#things("other")]) {
      await this.#operator.call("DELETE", `${base}/views/${viewId}`);
    }
  }

  async #spareView(base: string): Promise<string> {
    const name = `spare ${(this.#viewsMade += 1)}`;
    const { json } = await must(this.#operator, 201, "POST", `${base}/views`, { name, query: "" });
    return String(json["_id"]);
  }

  async #spareKey(base: string): Promise<string> {
    const { json } = await must(this.#operator, 201, "POST", `${base}/api-keys`, { name: "spare" });
    return String(json["_id"]);
  }

  async #resetWebhook({ webhookId }: Things): Promise<void> {
    const reset = { url: `${this.#receiver.url}/${this.#things("own").appId}`, isDisabled: false, rateLimit: null };
    const topics = { disabledTopics: [], disabledActions: [], timeoutMs: null, maxConcurrency: null, headers: null };
    await must(this.#operator, 200, "PUT", `/v4/webhooks/${webhookId}`, { ...reset, ...topics });
  }

  /** Else as many would run as may. */
  async #endJob({ base }: Things, { json }: { json: Json }): Promise<void> {
    const jobId = json["_id"];
    if (typeof jobId === "string") await this.#operator.call("POST", `${base}/jobs/${jobId}/cancel`);
  }

  async #signIn(): Promise<void> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ key: this.#things("own").apiKey });
    const answer = await fetch(`${this.#url}/v4/session`, { method: "POST", headers, body });
    assert(answer.status === 201, `no session: ${await answer.text()}`);
    this.#cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  }

  #things(whose: "own" | "other"): Things {
    const things = whose === "own" ? this.#own : this.#other;
    assert(things !== null, "the world is not made yet");
    return things;
  }

  #lastOf({ appId }: Things): Received | undefined {
    return this.#receiver.received.findLast(({ path }) => path === `/${appId}`);
  }
}

function tokenOf(received: Received | undefined): string {
  return /wvt_[\w-]+/.exec(received?.body ?? "")?.[0] ?? "wvt_none";
}

/** A call that must succeed; when it comes too often for a limit, a little later. */
async function must(client: ApiClient, status: number, method: string, path: string, body?: unknown): Promise<Answer> {
  for (;;) {
    const answer = await client.call(method, path, body);
    if (answer.status === status) return answer;
    assert(answer.status === 429, `${method} ${path}: ${answer.status} instead of ${status}: ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, Number(answer.headers.get("retry-after")) * 1_000));
  }
}
