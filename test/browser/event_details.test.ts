import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "../e2e/support/api_server.ts";
import { assertAccessible } from "./support/axe.ts";
import { startBrowser } from "./support/console_page.ts";
import { publish, register, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

type Answer = { _id: string; status: string; attemptCount: number };

/** A webhook with one event, which has had its first attempt. */
async function eventOf(path: string, settings: object = {}): Promise<{ webhookId: string; eventId: string }> {
  const webhookId = await register(world, `${world.receiver.url}${path}`, settings);
  await publish(world, "SIGNER", "CREATED", { signerId: `signer${path.replaceAll("/", "-")}` });
  const read = async () => (await world.tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events`)).json["events"];
  const events = await eventually(read, (found) => (found as Answer[])[0]?.attemptCount === 1);
  return { webhookId, eventId: (events as Answer[])[0]?._id ?? assert.fail() };
}

type ScriptedAnswer = { status: number; body: string | Buffer; after?: Promise<void> };

/** Answers of one path come from the list, each `after` something; the last one for ever. Everything else is as before. */
function answering(path: string, answers: readonly ScriptedAnswer[]): void {
  const previous = world.receiver.behave;
  let made = 0;
  world.receiver.behave = async (received, response) => {
    if (received.path !== path) return previous(received, response);
    const { status, body, after } = answers[Math.min(made++, answers.length - 1)] ?? { status: 500, body: "" };
    await after;
    response.writeHead(status, { "content-type": "application/json" }).end(body);
    return undefined;
  };
}

test("attempts that are made while one looks are shown and said, and the focus stays where it is", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  answering("/slowly-mended", [
    { status: 500, body: '{"try":1,"same":true}' },
    { status: 200, body: '{"try":2,"same":true}', after: released },
  ]);
  const { webhookId, eventId } = await eventOf("/slowly-mended", { retrySchedule: [4_000], timeoutMs: 30_000 });
  const opened = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${webhookId}/events/${eventId}`,
  );
  const { page } = opened;
  await page.getByText('"try": 1').first().waitFor();
  const link = page.getByRole("button", { name: "Copy link" });
  await link.focus();
  release();
  await page.locator("#announcements").getByText("Attempt 2 passed").waitFor({ state: "attached", timeout: 20_000 });
  await page.getByText('"try": 2').first().waitFor();
  assert.ok(await link.evaluate((element) => element === document.activeElement));
  await page.getByRole("tab", { name: "Difference" }).click();
  await page.getByText('"try": 1').first().waitFor();
  assert.equal(await page.getByText('"same": true').first().isVisible(), true);
  await page.waitForURL(/view=diff/);
  await assertAccessible(page, "the difference between two attempts");
  await page.getByRole("combobox", { name: "Attempt to show" }).selectOption("1");
  await page.waitForURL(/attempts\/1\?view=diff/);
  await page.getByText("This is the first attempt").waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("the resend of an event whose webhook is disabled explains that, offers to enable it, and sends", async () => {
  answering("/held", [
    { status: 500, body: "no" },
    { status: 200, body: "yes" },
  ]);
  const { webhookId, eventId } = await eventOf("/held", { retrySchedule: [] });
  await world.tenant.must(200, "PUT", `/v4/webhooks/${webhookId}`, { isDisabled: true });
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/events/${eventId}`);
  opened.allow(/409/);
  const { page } = opened;
  await page.getByText("The webhook is disabled").waitFor();
  await page.getByRole("button", { name: "Resend" }).click();
  const dialog = page.getByRole("dialog", { name: "This webhook is disabled" });
  await assertAccessible(page, "the offer to enable a webhook");
  await dialog.getByRole("button", { name: "Enable Webhook and send" }).click();
  await page.getByRole("heading", { name: /^Attempt 2 · Passed/ }).waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("a body is shown laid out, raw and as bytes, is searched, and nobody is caught in the viewer", async () => {
  const opened = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${world.webhooks.failing}/events/${world.events.failed}`,
  );
  const { page } = opened;
  const response = page.getByRole("region", { name: "Response", exact: true });
  await response.getByText("12345678901234567890").waitFor();
  await response.getByText("Raw", { exact: true }).click();
  await response.getByText('{"error":"database is down","retry":false,"ticket":12345678901234567890}').waitFor();
  await response.getByText("Hex", { exact: true }).click();
  await response.getByText("7b 22 65 72 72 6f 72 22").waitFor();
  await response.getByRole("button", { name: "Find" }).click();
  await response.getByRole("textbox", { name: "Find" }).fill("65 72");
  await assertAccessible(page, "the viewer with its field for finding");
  await page.keyboard.press("Escape");
  await response.locator(".cm-content").focus();
  await page.keyboard.press("Tab");
  assert.equal(await response.locator(".cm-content").evaluate((element) => element === document.activeElement), false);
  opened.assertNoFault();
  await opened.close();
});

/** More would have the browser lay out what nobody sees. */
const CHARS_SHOWN_MAX = 100_000;

test("5 MB of JSON in one line, and a single value of 5 MB, leave the page usable", async () => {
  const event = (await world.tenant.must(200, "GET", `${world.base}/events/${world.events.failed}`)).json as {
    attempts: { response: { body: string } }[];
  };
  const many = JSON.stringify(Array.from({ length: 160_000 }, (_, id) => ({ id, name: "signer of a contract" })));
  const one = `{"value":"${"x".repeat(5_000_000)}"}`;
  for (const body of [many, one]) {
    assert.ok(body.length >= 5_000_000);
    const opened = await browser.open({ url, key: world.adminKey }, "/sign-in");
    const { page } = opened;
    await page.route(/\/events\/evt_[^/?]+$/, async (route) => {
      if (!route.request().url().includes("/v4/")) return route.continue();
      const attempts = event.attempts.map((attempt) => ({ ...attempt, response: { ...attempt.response, body } }));
      return route.fulfill({ contentType: "application/json", body: JSON.stringify({ ...event, attempts }) });
    });
    await opened.open(`${world.home}/events/${world.events.failed}`);
    const response = page.getByRole("region", { name: "Response", exact: true });
    await response.locator(".cm-content").waitFor();
    for (const mode of ["Raw", "Pretty"]) {
      await response.getByText(mode, { exact: true }).click();
      await opened.settled();
      const chars = await response.locator(".cm-content").evaluate((element) => element.textContent.length);
      assert.ok(chars < CHARS_SHOWN_MAX, `${mode} put ${chars} characters into the page`);
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    opened.assertNoFault();
    await opened.close();
  }
});

test("an event that was not sent yet shows its payload, and an erased one says so", async () => {
  const webhookId = await register(world, `${world.receiver.url}/never`, { isDisabled: false });
  const { signal, abort } = hangingReceiver("/never");
  await publish(world, "SIGNER", "CREATED", { signerId: "signer-never" });
  const read = async () => (await world.tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events`)).json["events"];
  const [event] = (await eventually(read, (found) => (found as Answer[]).length === 1)) as (Answer & {
    messageId: string;
  })[];
  assert.ok(event);
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/events/${event._id}`);
  const { page } = opened;
  await page.getByText("Nothing has been sent yet.").waitFor();
  await page.getByText('"signer-never"').first().waitFor();
  await assertAccessible(page, "an event without attempts");
  abort();
  await signal;
  await world.server.operator.must(200, "DELETE", `${world.base}/messages/${event.messageId}/content`);
  await page.reload();
  await page.getByText("The content was erased").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Resend" }).isDisabled(), true);
  opened.assertNoFault();
  await opened.close();
});

/** Requests to a path wait until `abort`; `signal` is fulfilled then. */
function hangingReceiver(path: string): { signal: Promise<void>; abort: () => void } {
  const previous = world.receiver.behave;
  const { promise, resolve } = Promise.withResolvers<void>();
  world.receiver.behave = async (received, response) => {
    if (received.path !== path) return previous(received, response);
    await promise;
    response.writeHead(500).end();
    return undefined;
  };
  return { signal: promise, abort: resolve };
}

test("the signature, the payload's check, the reference of failures and the signed cURL command are there", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/events/${world.events.failed}`);
  const { page } = opened;
  await page.getByRole("tab", { name: "Signature" }).click();
  await page.getByText("The signature holds").waitFor();
  await assertAccessible(page, "the signature of an attempt");
  await page.getByRole("tab", { name: "Payload" }).click();
  await page.getByText("The content is as the catalogue says.").waitFor();
  await assertAccessible(page, "the check of a payload");
  await page.getByRole("button", { name: "All failures and what to do" }).click();
  await page.getByRole("heading", { name: "503 Unavailable" }).first().waitFor();
  await assertAccessible(page, "the reference of failures");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Copy as cURL" }).click();
  await page.getByText(/webhook-signature: v1,/).waitFor();
  await assertAccessible(page, "the signed request");
  const copiedText = await recordCopies(page);
  await page.getByRole("button", { name: "Copy cURL command" }).click();
  const copied = await copiedText();
  assert.match(copied ?? "", /^curl --globoff -X POST 'http/);
  assert.match(copied ?? "", /wvt_\*\*\*/);
  opened.assertNoFault();
  await opened.close();
});

test("an attempt tells its worker: to the operator with a link to the workers, to others without", async () => {
  const { workers } = (await world.server.operator.must(200, "GET", "/v4/system")).json as {
    workers: { id: string }[];
  };
  const id = workers[0]?.id ?? assert.fail();
  for (const { key, links } of [
    { key: world.adminKey, links: 0 },
    { key: world.operatorKey, links: 1 },
  ]) {
    const opened = await browser.open({ url, key }, `${world.home}/events/${world.events.failed}`);
    const { page } = opened;
    await page.getByText(`Worker: ${id}`).waitFor();
    const link = page.getByRole("link", { name: id });
    assert.equal(await link.count(), links);
    if (links > 0) {
      await assertAccessible(page, "an attempt as the operator sees it");
      await link.click();
      await page.getByRole("cell", { name: id }).waitFor();
    }
    opened.assertNoFault();
    await opened.close();
  }
});

/** What the page copies from now on: its policy forbids to read the clipboard. */
async function recordCopies(page: Page): Promise<() => Promise<string | undefined>> {
  await page.evaluate(() => {
    navigator.clipboard.writeText = (text) => {
      document.documentElement.dataset["copied"] = text;
      return Promise.resolve();
    };
  });
  return () => page.evaluate(() => document.documentElement.dataset["copied"]);
}

test("from event to event by its keys, on the page and over the list, and the id is copied", async () => {
  const events = (await world.tenant.must(200, "GET", `/v4/webhooks/${world.webhooks.healthy}/events`)).json[
    "events"
  ] as Answer[];
  const [newest, second, third] = events.map(({ _id }) => _id);
  assert.ok(newest && second && third);
  const opened = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${world.webhooks.healthy}/events/${second}`,
  );
  const { page } = opened;
  await page.getByRole("heading", { name: "Response", exact: true }).waitFor();
  await page.keyboard.press("]");
  await page.waitForURL(new RegExp(third));
  await page.keyboard.press("[");
  await page.waitForURL(new RegExp(second));
  const copied = await recordCopies(page);
  await page.keyboard.press("c");
  assert.equal(await copied(), second);
  await page.keyboard.press("[");
  await page.waitForURL(new RegExp(newest));
  await page.keyboard.press("[");
  await page.getByText("There is no newer event of this webhook.").waitFor();
  await opened.open(`${world.home}/events?webhook=${world.webhooks.healthy}&event=${second}`);
  // What is before and after it is known once the list is there.
  await page.getByRole("dialog").locator("button:enabled", { hasText: "Next" }).waitFor();
  await page.keyboard.press("]");
  await page.waitForURL(new RegExp(`event=${third}`));
  await page.keyboard.press("k");
  await page.waitForURL(new RegExp(`event=${second}`));
  opened.assertNoFault();
  await opened.close();
});

test("the path of the line under the cursor is copied, chosen by mouse or by keyboard", async () => {
  const { failing } = world.webhooks;
  const opened = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${failing}/events/${world.events.failed}`,
  );
  const { page } = opened;
  const request = page.getByRole("region", { name: "Request", exact: true });
  await request.getByText(`POST ${world.receiver.url}/failing HTTP/1.1`).waitFor();
  await request.getByText('"signatureRequestId"').click();
  await request.getByText("$.content.signatureRequestId").waitFor();
  await request.getByRole("textbox", { name: "Request body" }).press("ArrowUp");
  await request.getByText("$.content", { exact: true }).waitFor();
  await assertAccessible(page, "an event with a line chosen in its request");
  const copied = await recordCopies(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("#announcements").getByText("JSON path copied").waitFor({ state: "attached" });
  assert.equal(await copied(), "$.content.signatureRequestId");
  opened.assertNoFault();
  await opened.close();
});

test("the next retry tells what its pause was drawn from, and can be made at once", async () => {
  const { webhookId, eventId } = await eventOf("/failing/now", { retrySchedule: [3_600_000] });
  const opened = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${webhookId}/events/${eventId}`,
  );
  const { page } = opened;
  await page.getByText("Drawn from a pause of 1 hr ±20 %").waitFor();
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("button", { name: "Attempt 2" }).waitFor({ timeout: 20_000 });
  const read = async () => (await world.tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events/${eventId}`)).json;
  const { attempts } = await eventually(read, ({ attemptCount, status }) => attemptCount === 2 && status === "FAILED");
  assert.equal((attempts as { trigger: string }[])[1]?.trigger, "RESEND");
  opened.assertNoFault();
  await opened.close();
});
