/** The API over real HTTP, as a user with curl would call it. */
import { assert } from "../../../src/assert.ts";
import { ADMIN_API_KEY } from "./server_process.ts";

export type Answer = { status: number; json: Record<string, unknown>; text: string; headers: Headers };

/** The text of an answer; none for a stream, which never ends by itself. */
async function bodyOf(answer: Response): Promise<string> {
  if (!(answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) return await answer.text();
  await answer.body?.cancel();
  return "";
}

export class ApiClient {
  readonly #url: string;
  readonly #key: string;

  constructor(options: { url: string; key?: string }) {
    this.#url = options.url;
    this.#key = options.key ?? ADMIN_API_KEY;
  }

  /** The same server, with another key. */
  as(key: string): ApiClient {
    return new ApiClient({ url: this.#url, key });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await bodyOf(answer);
    const json = text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: answer.status, json, text, headers: answer.headers };
  }

  /** A call that must succeed with this status. */
  async must(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer> {
    const answer = await this.call(method, path, body, headers);
    assert(answer.status === status, `${method} ${path}: ${answer.status} instead of ${status}: ${answer.text}`);
    return answer;
  }

  /** An application with a tenant key (webhooks, events, tokens) and a platform key, in DEVELOPMENT. */
  async newTenant(): Promise<{
    appId: string;
    base: string;
    tenant: ApiClient;
    platform: ApiClient;
    tenantKey: string;
  }> {
    const app = await this.must(201, "POST", "/v4/applications", { appName: "Test" });
    const appId = String(app.json["appId"]);
    const base = `/v4/applications/${appId}/envs/DEVELOPMENT`;
    const key = await this.must(201, "POST", `${base}/api-keys`, { name: "tenant" });
    const platform = await this.must(201, "POST", "/v4/api-keys", { name: "platform" });
    const tenantKey = String(key.json["apiKey"]);
    return { appId, base, tenant: this.as(tenantKey), platform: this.as(String(platform.json["apiKey"])), tenantKey };
  }
}
