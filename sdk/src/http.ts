/** One HTTP call to the server: JSON there and back, a bound on time, failures as {@link IgnisignError}. */
import { IgnisignError } from "./error.ts";

/** What every call answers. */
export type Answer<Data> = { data: Data };

/** Where the server is and who calls. */
export type HttpOptions = { serverUrl: string; apiKey: string; timeoutMs: number };

/** Values of a query; undefined ones are left out. */
export type Query = { readonly [name: string]: string | number | boolean | Date | undefined };

/** One call. `path` segments are encoded by {@link path}. */
export type Call = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  query?: Query | undefined;
  body?: unknown;
  headers?: { readonly [name: string]: string };
};

/** A path with its parameters encoded: path`/v4/webhooks/${webhookId}`. */
export function path(literals: TemplateStringsArray, ...parameters: string[]): string {
  return literals.map((literal, at) => literal + encodeURIComponent(parameters[at] ?? "")).join("");
}

/** The header that makes it safe to repeat a call; none without a key. */
export function idempotencyHeader({ idempotencyKey }: { idempotencyKey?: string }): { [name: string]: string } {
  return idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
}

/** A stream gives a sign of life every 15 s; without one for so long, its connection is taken for dead. */
const STREAM_IDLE_MS = 45_000;

/** Makes calls with one key to one server. */
export class Http {
  readonly #serverUrl: string;
  readonly #apiKey: string;
  readonly #timeoutMs: number;

  /** Throws a TypeError when the URL is none. */
  constructor({ serverUrl, apiKey, timeoutMs }: HttpOptions) {
    const { protocol, href } = parseUrl(serverUrl);
    if (protocol !== "http:" && protocol !== "https:") throw new TypeError(urlFault(serverUrl));
    this.#serverUrl = href.replace(/\/+$/, "");
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer's body. Throws {@link IgnisignError} for anything but a success with JSON, and when time runs out. */
  async call<Data>({ method, path: pathname, query, body, headers }: Call): Promise<Answer<Data>> {
    const sent: { [name: string]: string } = {
      ...headers,
      accept: "application/json",
      authorization: `Bearer ${this.#apiKey}`,
    };
    if (body !== undefined) sent["content-type"] = "application/json";
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#serverUrl + pathname + queryText(query), {
        method,
        headers: sent,
        redirect: "manual", // the key must not travel to another place
        signal: AbortSignal.timeout(this.#timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      throw this.#unanswered(`${method} ${pathname}`, error);
    }
    const json = parseJson(text);
    if (!response.ok) throw refusal(`${method} ${pathname}`, response, json);
    if (json === undefined) throw unexpected(`${method} ${pathname}`, response);
    return { data: json as Data }; // the server's contract: a success has the body that the call documents
  }

  /**
   * The text of a stream in the blocks between its blank lines, until the server or the signal ends it. Throws
   * {@link IgnisignError} when it is refused, and when nothing came for {@link STREAM_IDLE_MS}.
   */
  async *blocks(call: {
    path: string;
    query: Query;
    headers: { readonly [name: string]: string };
    signal: AbortSignal | undefined;
  }): AsyncGenerator<string, void> {
    const abort = new AbortController();
    const end = (): void => abort.abort();
    const timer = setTimeout(end, STREAM_IDLE_MS);
    call.signal?.addEventListener("abort", end);
    try {
      const headers = { ...call.headers, accept: "text/event-stream", authorization: `Bearer ${this.#apiKey}` };
      const options = { headers, redirect: "manual", signal: abort.signal } as const;
      const response = await fetch(this.#serverUrl + call.path + queryText(call.query), options);
      if (!response.ok) throw refusal(`GET ${call.path}`, response, parseJson(await response.text()));
      const decoder = new TextDecoder();
      let rest = "";
      for await (const bytes of response.body ?? []) {
        timer.refresh();
        const blocks = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split("\n\n"); // as fetch gives them
        rest = blocks.pop() ?? "";
        yield* blocks;
      }
    } catch (error) {
      if (call.signal?.aborted === true) return;
      throw error instanceof IgnisignError ? error : this.#unanswered(`GET ${call.path}`, error);
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", end);
      abort.abort();
    }
  }

  #unanswered(call: string, error: unknown): IgnisignError {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    const why = isTimeout ? `no complete answer within ${this.#timeoutMs} ms` : reasonOf(error);
    return new IgnisignError({
      status: null,
      code: isTimeout ? "TIMED_OUT" : "CONNECTION_FAILED",
      message: `${call} on ${this.#serverUrl} failed: ${why}.`,
      cause: error,
    });
  }
}

function refusal(call: string, response: Response, json: unknown): IgnisignError {
  if (typeof json !== "object" || json === null || !("code" in json) || typeof json.code !== "string") {
    return unexpected(call, response);
  }
  const { message, context, requestId } = json as { message?: unknown; context?: unknown; requestId?: unknown };
  return new IgnisignError({
    status: response.status,
    code: json.code,
    message: typeof message === "string" ? message : `${call} answered ${response.status}.`,
    context,
    requestId: typeof requestId === "string" ? requestId : null,
  });
}

function unexpected(call: string, response: Response): IgnisignError {
  return new IgnisignError({
    status: response.status,
    code: "UNEXPECTED_ANSWER",
    message: `${call} answered ${response.status} without the JSON of this API. Check the server's URL and any proxy before it.`,
  });
}

/** `fetch` says no more than "fetch failed"; the reason is its cause's. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause ? String(cause.code) : "";
  return [code, cause.message].filter((part) => part !== "").join(": ");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function queryText(query: Query | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(name, value instanceof Date ? value.toISOString() : String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new TypeError(urlFault(text), { cause });
  }
}

function urlFault(text: string): string {
  return `serverUrl is ${JSON.stringify(text)}; expected the http or https URL of the server, such as http://127.0.0.1:4400.`;
}
