/** What holds for every answer, whatever was asked: the rules that a fuzzed server must not break. */
import { ERROR_STATUS } from "../../src/errors.ts";
import type { ResponseChecker } from "../e2e/support/response_checker.ts";
import type { RawAnswer } from "./raw_client.ts";

/** A frame of a stack, or a path of the server's source. */
const STACK = /\bat (?:async )?[\w.<>]+ \(|node:internal|node_modules|\/src\/\w+\/\w+\.ts/;
const ENVELOPE_FIELDS: ReadonlySet<string> = new Set(["code", "message", "context", "requestId"]);
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };

/** Throws where the answer breaks a rule; `target` is the path and query as they were sent. */
export function checkAnswer(
  { method, target }: { method: string; target: string },
  answer: RawAnswer,
  checker: ResponseChecker,
): void {
  const { status, headers, text } = answer;
  const fail = (rule: string): never => {
    throw new Error(`${method} ${target.slice(0, 300)}: ${status}: ${rule}: ${text.slice(0, 2_000)}`);
  };
  // Whether it is ready is a question about the machine, which may be busy with other tests.
  if (status >= 500 && !target.startsWith("/readyz")) fail("the server failed");
  for (const [name, value] of Object.entries(HEADERS)) if (headers[name] !== value) fail(`no ${name}: ${value}`);
  if (headers["x-request-id"] === undefined) fail("no request id");
  if (text === "") {
    if (status >= 400 && method !== "HEAD") fail("an error without a body");
  } else if (headers["content-type"] !== "application/json; charset=utf-8") {
    if (headers["content-type"] !== "text/html; charset=utf-8" || method !== "GET") fail("an answer that is no JSON");
    return; // a path that is none of the API's, for which a browser gets the console's page
  } else if (status >= 400) {
    const fault = envelopeFault(answer);
    if (fault !== null) fail(fault);
  }
  if (status === 401 && headers["www-authenticate"] !== "Bearer") fail("no www-authenticate");
  if (status === 405 && headers["allow"] === undefined) fail("no allow");
  if (status === 429 && !/^[1-9]\d*$/.test(headers["retry-after"] ?? "")) fail("no retry-after");
  if (text !== "" || status === 204) checker.check({ method, path: target }, answer);
}

function envelopeFault({ status, headers, text }: RawAnswer): string | null {
  const body = JSON.parse(text) as Record<string, unknown>; // an error is an object; anything else fails below
  const unknown = Object.keys(body).filter((name) => !ENVELOPE_FIELDS.has(name));
  if (unknown.length > 0) return `the error has ${unknown.join()}`;
  const { code, message, requestId } = body;
  const known = Object.entries(ERROR_STATUS).find(([name]) => name === code);
  if (known?.[1] !== status) return `the code ${String(code)} has another status`;
  if (typeof message !== "string" || message === "") return "the error has no message";
  if (requestId !== headers["x-request-id"]) return "the request id is another one";
  return STACK.test(text) ? "the error tells of the server's inside" : null;
}
