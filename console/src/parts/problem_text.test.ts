import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR_STATUS } from "../../../src/errors.ts";
import { ApiProblem } from "../api/client.ts";
import { en } from "../i18n/en/en.ts";
import type { Translate } from "../i18n/i18n.ts";
import { problemText } from "./problem_text.ts";

/** Codes that no button or field of the console leads to: they are told with the server's own words. */
const LEFT_TO_THE_SERVER = [
  "BATCH_EVENTS_LIMIT_REACHED",
  "CONTENT_TYPE_UNSUPPORTED",
  "HEADERS_TOO_LARGE",
  "HEADER_VALIDATION_FAILED",
  "METHOD_NOT_ALLOWED",
  "PAGE_TOO_DEEP",
  "REQUEST_MALFORMED",
  "ROUTE_NOT_FOUND",
  "TOPIC_NOT_IMPLEMENTED",
];

/** The codes with words of the console's own. */
const TOLD = Object.keys(en).flatMap((id) => /^problem\.([A-Z_]+)$/.exec(id)?.[1] ?? []);

/** An id that has a message as its name in brackets, with the values that it was given; another one as it is. */
const t: Translate = (id, values) => (id in en ? `[${[id, ...Object.values(values ?? {})].join(" ")}]` : id);

function refusal(status: number, code: string, retryAfterSeconds: number | null = null): ApiProblem {
  return new ApiProblem({ status, code, message: "In the server's words.", requestId: "req_1", retryAfterSeconds });
}

test("every code of the API has words in the console, or is left to the server's own words on purpose; no other has", () => {
  assert.deepEqual([...TOLD, ...LEFT_TO_THE_SERVER].sort(), Object.keys(ERROR_STATUS).sort());
});

test("a code with words is told by them alone", () => {
  assert.deepEqual(problemText(t, refusal(409, "JOB_ENDED")), { text: "[problem.JOB_ENDED]", english: "" });
});

test("where the server names the value, its words follow", () => {
  const expected = { text: "[problem.WEBHOOK_URL_FORBIDDEN]", english: "In the server's words." };
  assert.deepEqual(problemText(t, refusal(400, "WEBHOOK_URL_FORBIDDEN")), expected);
});

test("a code without words is named, and the server's words follow", () => {
  const expected = { text: "[problem.other ROUTE_NOT_FOUND]", english: "In the server's words." };
  assert.deepEqual(problemText(t, refusal(404, "ROUTE_NOT_FOUND")), expected);
});

test("a throttle tells how long to wait, where the server did", () => {
  assert.equal(
    problemText(t, refusal(429, "TEST_LIMIT_REACHED", 3)).text,
    "[problem.TEST_LIMIT_REACHED] [problem.wait 3]",
  );
  assert.equal(problemText(t, refusal(429, "TEST_LIMIT_REACHED")).text, "[problem.TEST_LIMIT_REACHED]");
});

test("no answer, and an answer by another than the server, are told as what they are", () => {
  assert.deepEqual(problemText(t, refusal(0, "NO_ANSWER")), { text: "[parts.error.offline]", english: "" });
  assert.deepEqual(problemText(t, refusal(502, "UNKNOWN")), { text: "[problem.noApi 502]", english: "" });
});

test("what is no refusal at all is told with its own text", () => {
  assert.deepEqual(problemText(t, new Error("odd")), { text: "[problem.unexpected]", english: "Error: odd" });
});
