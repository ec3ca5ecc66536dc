import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ApiProblem } from "../../api/client.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import type { WebhookForm } from "./webhook_form.ts";
import {
  changedSettings,
  formFaults,
  formOf,
  NEW_FORM,
  problemFaults,
  renamedHeader,
  settingsOf,
} from "./webhook_form.ts";

const WEBHOOK: Webhook = {
  _id: "webhook_1",
  appId: "appId_1",
  appEnv: "DEVELOPMENT",
  url: "https://a.example/hook",
  description: "Archive",
  isDisabled: false,
  disabledTopics: [],
  disabledActions: [],
  successStatus: "2xx",
  retrySchedule: [5_000, 300_000],
  timeoutMs: 7_500,
  maxConcurrency: 10,
  rateLimit: 0.5,
  signatureVersions: ["v1"],
  headers: [
    ["x-team", "***"],
    ["x-key", "***"],
  ],
  _createdAt: "2026-11-24T00:00:00.000Z",
  _updatedAt: "2026-11-24T00:00:00.000Z",
  stats: { pending: 0, success: 0, failed: 0 },
};

function fields(form: Partial<WebhookForm>): string[] {
  return formFaults({ ...NEW_FORM, url: "https://a.example", ...form }).map(({ field }) => field);
}

test("a webhook's settings come back from its form as they were, with the stored header values kept", () => {
  const { url, description, successStatus, timeoutMs, rateLimit, maxConcurrency, retrySchedule, headers } = WEBHOOK;
  const given = { url, description, successStatus, timeoutMs, rateLimit, maxConcurrency, retrySchedule, headers };
  for (const signatureVersions of [["v1"], ["v1", "v1a"], ["v1a"]] as Webhook["signatureVersions"][]) {
    assert.deepEqual(settingsOf(formOf({ ...WEBHOOK, signatureVersions })), { ...given, signatureVersions });
  }
});

test("a form that nobody touched changes nothing, and a touched field changes only itself", () => {
  const form = formOf(WEBHOOK);
  assert.deepEqual(changedSettings(form, { ...form }), {});
  assert.deepEqual(changedSettings(form, { ...form, timeoutS: "" }), { timeoutMs: null });
  assert.deepEqual(changedSettings(form, { ...form, signatureVersions: ["v1a"] }), { signatureVersions: ["v1a"] });
  assert.deepEqual(changedSettings(form, { ...form, retryText: "" }), { retrySchedule: [] });
  assert.deepEqual(changedSettings(form, { ...form, retry: "inherited" }), { retrySchedule: null });
});

test("a stored header value goes with its name: renamed, the header needs a value again", () => {
  const [header] = formOf(WEBHOOK).headers;
  assert.ok(header !== undefined);
  assert.equal(renamedHeader(header, "X-Team").isStored, true);
  const renamed = renamedHeader(header, "x-other");
  assert.equal(renamed.isStored, false);
  assert.deepEqual(fields({ headers: [renamed] }), ["headers.0"]);
  const settings = settingsOf({ ...NEW_FORM, headers: [{ ...renamed, value: "blue" }] });
  assert.deepEqual(settings.headers, [["x-other", "blue"]]);
});

test("faults are told by field, and bounds are met exactly", () => {
  assert.deepEqual(fields({}), []);
  assert.deepEqual(fields({ url: " " }), ["url"]);
  assert.deepEqual(fields({ url: "ftp://a.example" }), ["url"]);
  assert.deepEqual(fields({ url: "a.example/hook" }), ["url"]);
  assert.deepEqual([fields({ timeoutS: 5 }), fields({ timeoutS: 30 })], [[], []]);
  assert.deepEqual([fields({ timeoutS: 4.9 }), fields({ timeoutS: 30.1 })], [["timeoutS"], ["timeoutS"]]);
  assert.deepEqual([fields({ maxConcurrency: 100 }), fields({ maxConcurrency: 101 })], [[], ["maxConcurrency"]]);
  assert.deepEqual(fields({ retry: "own", retryText: "soon" }), ["retryText"]);
  assert.deepEqual(fields({ retry: "inherited", retryText: "soon" }), []);
  assert.deepEqual(fields({ headers: [{ name: "", value: "", isStored: false }] }), []);
  assert.deepEqual(fields({ headers: [{ name: "x y", value: "1", isStored: false }] }), ["headers.0"]);
});

test("the server's faults find their fields, headers by the lines that were sent", () => {
  const faults = [
    { path: "timeoutMs", message: "must be >= 5000" },
    { path: "headers[1]", message: "is refused: its name is reserved" },
    { path: "disabledTopics[0]", message: "is no topic" },
  ];
  const refusal = { status: 400, code: "BODY_VALIDATION_FAILED", message: "", requestId: null };
  const error = new ApiProblem({ ...refusal, context: { faults } });
  const line = (name: string) => ({ name, value: name, isStored: false });
  const form = { ...NEW_FORM, headers: [line("x-a"), line(""), line("host")] };
  assert.deepEqual(problemFaults(error, form), [
    { field: "timeoutS", message: "must be >= 5000" },
    { field: "headers.2", message: "is refused: its name is reserved" },
  ]);
  assert.deepEqual(problemFaults(new Error("other"), form), []);
});

test("any settings within the bounds survive the form", () => {
  const settings = fc.record({
    timeoutMs: fc.option(fc.integer({ min: 5_000, max: 30_000 })),
    rateLimit: fc.option(fc.double({ min: 0.001, max: 10_000, noNaN: true })),
    maxConcurrency: fc.integer({ min: 1, max: 100 }),
    retrySchedule: fc.option(fc.array(fc.integer({ min: 0, max: 7 * 86_400_000 }), { maxLength: 20 })),
  });
  fc.assert(
    fc.property(settings, (some) => {
      const { timeoutMs, rateLimit, maxConcurrency, retrySchedule } = settingsOf(formOf({ ...WEBHOOK, ...some }));
      assert.deepEqual({ timeoutMs, rateLimit, maxConcurrency, retrySchedule }, { ...some });
    }),
  );
});
