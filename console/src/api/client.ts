/**
 * Calls of the API, typed by the OpenAPI document, with the session's cookie. An answer that is no success is thrown as an
 * {@link ApiProblem}; a session that has ended is announced, so that the shell can ask for the key over the page.
 */
import type { Operations } from "./operations.ts";
import { OPERATIONS } from "./operations.ts";

/** The name of a call. */
export type OperationId = keyof typeof OPERATIONS;
/** What a call answers on success. */
export type Answer<Id extends OperationId> = Operations[Id]["answer"];
/** What a call takes in its body. */
export type Body<Id extends OperationId> = Operations[Id]["body"];
/** What a call takes in its query. */
export type Query<Id extends OperationId> = Operations[Id]["query"];
/** The arguments of a call; parts that it does not have may be left out. */
export type CallArguments<Id extends OperationId> = {
  path?: Operations[Id]["path"];
  query?: Query<Id>;
  body?: Body<Id>;
  /** The body as its text, in place of `body`: for JSON of which every digit counts. */
  bodyText?: string;
  /** Of a call that is to happen once, however often it is sent. */
  idempotencyKey?: string;
  signal?: AbortSignal;
};

/** A refusal by the server, in its own words; or, with status 0, no answer at all. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly context: unknown;
  /** When to try again, in seconds; null where the server did not say. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: {
    status: number;
    code: string;
    message: string;
    requestId: string | null;
    context?: unknown;
    retryAfterSeconds?: number | null;
  }) {
    super(problem.message);
    this.status = problem.status;
    this.code = problem.code;
    this.requestId = problem.requestId;
    this.context = problem.context;
    this.retryAfterSeconds = problem.retryAfterSeconds ?? null;
  }
}

/** Told when a call finds that there is no session any more. */
export const sessionEnded = new EventTarget();

/** Makes a call and reads its answer as JSON (null where it has none). Throws {@link ApiProblem}. */
export async function call<Id extends OperationId>(id: Id, args: CallArguments<Id> = {}): Promise<Answer<Id>> {
  const text = await callText(id, args);
  return (text === "" ? null : JSON.parse(text)) as Answer<Id>; // the server answers by its document, as its tests check
}

/** The same, but the answer's own text: numbers beyond 2^53 survive in it. Throws {@link ApiProblem}. */
export async function callText<Id extends OperationId>(id: Id, args: CallArguments<Id> = {}): Promise<string> {
  const response = await send(id, args, {});
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw problemOfFailure(error);
  }
  if (response.ok) return text;
  throw refusalOf(id, response, text);
}

/** The same, but the answer as it comes in, for streams that go on behind `lastEventId`. Throws {@link ApiProblem}. */
export async function callStream<Id extends OperationId>(
  id: Id,
  args: CallArguments<Id>,
  lastEventId: string | null,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const response = await send(id, args, lastEventId === null ? {} : { "last-event-id": lastEventId });
  if (response.ok && response.body !== null) return response.body;
  throw refusalOf(id, response, await response.text().catch(() => ""));
}

async function send<Id extends OperationId>(
  id: Id,
  args: CallArguments<Id>,
  extraHeaders: Record<string, string>,
): Promise<Response> {
  const { method } = OPERATIONS[id];
  const headers: Record<string, string> = { "ignisign-console": "1", ...extraHeaders };
  const bodyText = args.bodyText ?? (args.body === undefined ? null : JSON.stringify(args.body));
  if (bodyText !== null) headers["content-type"] = "application/json";
  if (args.idempotencyKey !== undefined) headers["idempotency-key"] = args.idempotencyKey;
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (bodyText !== null) init.body = bodyText;
  if (args.signal !== undefined) init.signal = args.signal;
  try {
    return await fetch(pathOf(id, args), init);
  } catch (error) {
    throw problemOfFailure(error);
  }
}

/** An aborted call is no problem of the API: it stays what it is. */
function problemOfFailure(error: unknown): unknown {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  return new ApiProblem({ status: 0, code: "NO_ANSWER", message: String(error), requestId: null });
}

function refusalOf(id: OperationId, response: Response, text: string): ApiProblem {
  const problem = problemOf(response, text);
  if (problem.status === 401 && id !== "createSession") sessionEnded.dispatchEvent(new Event("ended"));
  return problem;
}

/** The path and query of a call. */
export function pathOf<Id extends OperationId>(id: Id, args: CallArguments<Id>): string {
  const values = (args.path ?? {}) as Record<string, string | number>;
  const path = OPERATIONS[id].path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(String(values[name] ?? "")),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((args.query ?? {}) as Record<string, string | number | boolean>)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

function problemOf(response: Response, text: string): ApiProblem {
  const { status } = response;
  const retryAfterSeconds = Number(response.headers.get("retry-after")) || null;
  try {
    const { code, message, requestId, context } = JSON.parse(text) as Record<string, unknown>;
    return new ApiProblem({
      status,
      code: String(code),
      message: String(message),
      requestId: typeof requestId === "string" ? requestId : null,
      context,
      retryAfterSeconds,
    });
  } catch {
    // A proxy in between answered, not the server.
    const message = `The server answered ${status} ${response.statusText}.`;
    return new ApiProblem({ status, code: "UNKNOWN", message, requestId: response.headers.get("x-request-id") });
  }
}
