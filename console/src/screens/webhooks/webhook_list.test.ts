import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { definedOnly, parseSearch, stringifySearch } from "../../search_params.ts";
import type { Webhook, WebhookRow } from "./webhook_list.ts";
import { healthOf, shownRows, stateOf } from "./webhook_list.ts";
import {
  newWebhookSearch,
  presetTopics,
  WEBHOOK_HEALTHS,
  WEBHOOK_SORTS,
  WEBHOOK_STATES,
  webhooksSearch,
} from "./webhooks_search.ts";

const SUMMARY = { created: 0, firstAttempts: 0, firstAttemptSuccess: 0, codes: {}, queued: null };

function row(
  id: string,
  settings: Partial<Webhook> = {},
  totals: { success: number; failed: number; p95?: number } | null = null,
): WebhookRow {
  const webhook: Webhook = {
    _id: id,
    appId: "appId_1",
    appEnv: "DEVELOPMENT",
    url: `https://${id}.example/hook`,
    description: "",
    isDisabled: false,
    disabledTopics: [],
    disabledActions: [],
    successStatus: "200",
    retrySchedule: null,
    timeoutMs: null,
    maxConcurrency: 10,
    rateLimit: null,
    signatureVersions: ["v1"],
    headers: [],
    _createdAt: "2026-11-24T00:00:00.000Z",
    _updatedAt: "2026-11-24T00:00:00.000Z",
    stats: { pending: 0, success: 0, failed: 0 },
    ...settings,
  };
  if (totals === null) return { webhook, stats: null };
  const { success, failed, p95 = 20 } = totals;
  const latency = success + failed === 0 ? null : { p50: p95 / 2, p95, p99: p95 };
  const stats = {
    webhookId: id,
    totals: { ...SUMMARY, success, failed, latency },
    points: [],
    pending: { count: 0, oldestAt: null },
    lastEvent: null,
  };
  return { webhook, stats };
}

function ids(rows: readonly WebhookRow[]): string[] {
  return rows.map(({ webhook }) => webhook._id);
}

test("a webhook is enabled, throttled by its own rate, disabled by hand, or disabled by the server", () => {
  assert.equal(stateOf(row("a").webhook), "enabled");
  assert.equal(stateOf(row("a", { rateLimit: 5 }).webhook), "throttled");
  assert.equal(stateOf(row("a", { isDisabled: true, disabledReason: "MANUAL" }).webhook), "disabled");
  assert.equal(stateOf(row("a", { isDisabled: true, disabledReason: "GONE" }).webhook), "autoDisabled");
});

test("health is told by attempts: none, mostly failed, slower than 80 % of the limit, or good", () => {
  const health = (one: WebhookRow) => healthOf(one, 10_000);
  assert.equal(health(row("a")), null);
  assert.equal(health(row("a", {}, { success: 0, failed: 0 })), "quiet");
  assert.equal(health(row("a", {}, { success: 1, failed: 2 })), "failing");
  assert.equal(health(row("a", {}, { success: 9, failed: 1, p95: 8_000 })), "healthy");
  assert.equal(health(row("a", {}, { success: 9, failed: 1, p95: 8_001 })), "slow");
  assert.equal(health(row("a", { timeoutMs: 30_000 }, { success: 9, failed: 1, p95: 8_001 })), "healthy");
});

test("filters look at text, state, topic and health together", () => {
  const rows = [
    row("crm", { description: "Legacy CRM", disabledTopics: ["APP"] }, { success: 1, failed: 9 }),
    row("archive", { disabledActions: ["SIGNER.CREATED"], rateLimit: 2 }, { success: 9, failed: 0 }),
    row("paused", { isDisabled: true }, { success: 0, failed: 0 }),
  ];
  const shown = (search: object) => ids(shownRows(rows, search, null)).sort();
  assert.deepEqual(shown({}), ["archive", "crm", "paused"]);
  assert.deepEqual(shown({ q: "legacy" }), ["crm"]);
  assert.deepEqual(shown({ q: "ARCHIVE.example" }), ["archive"]);
  assert.deepEqual(shown({ state: "enabled" }), ["archive", "crm"]);
  assert.deepEqual(shown({ state: "throttled" }), ["archive"]);
  assert.deepEqual(shown({ topic: "APP" }), ["archive", "paused"]);
  assert.deepEqual(shown({ topic: "SIGNER.CREATED" }), ["crm", "paused"]);
  assert.deepEqual(shown({ health: "failing", state: "enabled" }), ["crm"]);
});

test("the list is newest first, and sorted by success it begins with the worst and ends with the silent ones", () => {
  const rows = [
    row("old", { _createdAt: "2026-01-01T00:00:00.000Z" }, { success: 0, failed: 0 }),
    row("new", { _createdAt: "2026-06-01T00:00:00.000Z" }, { success: 9, failed: 1 }),
    row("mid", { _createdAt: "2026-03-01T00:00:00.000Z" }, { success: 1, failed: 9 }),
  ];
  assert.deepEqual(ids(shownRows(rows, {}, null)), ["new", "mid", "old"]);
  assert.deepEqual(ids(shownRows(rows, { sort: "success" }, null)), ["mid", "new", "old"]);
});

test("any filter of the list survives its address", () => {
  const text = fc.string({ minLength: 1, maxLength: 255, unit: "grapheme" }).filter((q) => q.length <= 255);
  const filters = fc.record(
    {
      q: text,
      topic: text,
      state: fc.constantFrom(...WEBHOOK_STATES),
      health: fc.constantFrom(...WEBHOOK_HEALTHS),
      sort: fc.constantFrom(...WEBHOOK_SORTS),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(
    fc.property(filters, (filter) => {
      assert.deepEqual(definedOnly(webhooksSearch(parseSearch(stringifySearch(filter)))), filter);
    }),
  );
});

test("the form is preset with one topic, one action, or a list of both", () => {
  const preset = (text: string) => presetTopics(newWebhookSearch(parseSearch(text)));
  assert.deepEqual(preset(""), []);
  assert.deepEqual(preset("?topic=SIGNER"), ["SIGNER"]);
  assert.deepEqual(preset("?topic=SIGNER&action=CREATED"), ["SIGNER.CREATED"]);
  assert.deepEqual(preset("?topics=APP,SIGNER.CREATED,"), ["APP", "SIGNER.CREATED"]);
});
