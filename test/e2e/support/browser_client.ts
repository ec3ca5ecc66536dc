/** A page of the console as the server sees it: the headers that a browser adds by itself, and a jar of cookies. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { assert } from "../../../src/assert.ts";
import type { ApiServer } from "./api_server.ts";

/** A header with undefined is not sent, though a browser would. */
type Headers = Record<string, string | undefined>;
/** An answer with its headers, which name more than one cookie where it sets more than one. */
export type PageAnswer = {
  status: number;
  text: string;
  json: Record<string, unknown>;
  headers: IncomingMessage["headers"];
};

export class BrowserClient {
  readonly cookies = new Map<string, string>();
  readonly #server: ApiServer;
  readonly #headers: Headers;

  /** `headers` go along with every call, in place of those of a page of this very server. */
  constructor(server: ApiServer, headers: Headers = {}) {
    this.#server = server;
    this.#headers = headers;
  }

  /** A page with the same cookies, whose calls have other headers. */
  with(headers: Headers): BrowserClient {
    const other = new BrowserClient(this.#server, { ...this.#headers, ...headers });
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  async call(method: string, path: string, body?: unknown): Promise<PageAnswer> {
    const json = body === undefined ? "" : JSON.stringify(body);
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    const headers: Headers = {
      "sec-fetch-site": "same-origin",
      "ignisign-console": "1",
      ...(json === "" ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(json)) }),
      ...(cookies.length === 0 ? {} : { cookie: cookies.join("; ") }),
      ...this.#headers,
    };
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const asked = request(this.#server.url + path, { method, headers: sent });
    asked.end(json);
    const [response] = (await once(asked, "response")) as [IncomingMessage]; // what `response` is emitted with
    const text = Buffer.concat(await response.toArray()).toString("utf8");
    for (const cookie of response.headers["set-cookie"] ?? []) this.#keep(cookie);
    const answer = { status: response.statusCode ?? 0, text };
    if (path.startsWith("/v4/")) this.#server.checker.check({ method, path }, answer);
    const isJson = response.headers["content-type"]?.startsWith("application/json") === true && text !== "";
    const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { ...answer, json: parsed, headers: response.headers };
  }

  /** A call that must be answered with this status. */
  async must(status: number, method: string, path: string, body?: unknown): Promise<PageAnswer> {
    const answer = await this.call(method, path, body);
    assert(answer.status === status, `${method} ${path}: ${answer.status} instead of ${status}: ${answer.text}`);
    return answer;
  }

  /** A call that must be refused with this status and code. */
  async refused(expected: `${number} ${string}`, method: string, path: string, body?: unknown): Promise<PageAnswer> {
    const answer = await this.must(Number(expected.split(" ")[0]), method, path, body);
    assert(`${answer.status} ${String(answer.json["code"])}` === expected, `${method} ${path}: ${answer.text}`);
    return answer;
  }

  #keep(cookie: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/; Max-Age=0(;|$)/.test(cookie)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
