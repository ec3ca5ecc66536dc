import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "../e2e/support/api_server.ts";
import { assertAccessible } from "./support/axe.ts";
import { startBrowser } from "./support/console_page.ts";
import { outOfSight } from "./support/out_of_sight.ts";
import { publish, register, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;
const key = world.adminKey;

async function idsOf(page: Page): Promise<string[]> {
  await page.locator("main tbody tr").first().waitFor();
  return page
    .locator("main tbody tr a[title]")
    .evaluateAll((links) => links.map((link) => link.getAttribute("title") ?? ""));
}

test("new events are told in a pill and move nothing until somebody asks for them", async () => {
  const webhookId = await register(world, `${world.receiver.url}/pill`);
  await publish(world, "APP", "ARCHIVED", {});
  const opened = await browser.open({ url, key }, `${world.home}/events?webhook=${webhookId}`);
  const { page } = opened;
  const before = await idsOf(page);
  assert.equal(before.length, 1);
  await publish(world, "APP", "ARCHIVED", {});
  const pill = page.getByRole("button", { name: "1 new event" });
  await pill.waitFor({ timeout: 20_000 });
  assert.deepEqual(await idsOf(page), before);
  await pill.click();
  const after = await eventually(
    () => idsOf(page),
    (ids) => ids.length === 2,
  );
  assert.equal(after[1], before[0]);
  opened.assertNoFault();
  await opened.close();
});

test("every filter is put into the address, shown as a chip, and taken away with it", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/events`);
  const { page } = opened;
  await idsOf(page);
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByLabel("Topic").selectOption("SIGNATURE");
  await page.getByLabel("Action", { exact: true }).selectOption("SIGNATURE_SUCCESS");
  await page.getByLabel("Nature", { exact: true }).selectOption("SUCCESS");
  await page
    .getByRole("textbox", { name: "Last answer" })
    .or(page.getByRole("combobox", { name: "Last answer" }))
    .fill("503");
  await page.keyboard.press("Enter");
  await page.getByLabel("Attempts, at least").fill("1");
  await page.getByLabel("Test events").selectOption("false");
  await page.getByLabel("Range").selectOption("24h");
  await page.waitForURL(/range=24h/);
  const address = new URL(page.url());
  const wanted = {
    topic: "SIGNATURE",
    action: "SIGNATURE_SUCCESS",
    nature: "SUCCESS",
    code: "503",
    attempts: "1",
    test: "false",
    range: "24h",
  };
  assert.deepEqual(Object.fromEntries(address.searchParams), wanted);
  const ids = await idsOf(page);
  assert.ok(ids.length > 0);
  await assertAccessible(page, "the list with all its filters");
  await page.getByRole("searchbox", { name: "Search" }).fill("sr-1");
  await page.waitForURL(/q=sr-1/);
  await eventually(
    () => idsOf(page),
    (found) => found.length === 1,
  );
  await page.reload();
  assert.equal((await idsOf(page)).length, 1);
  for (const name of [/^Remove the filter Search/, /^Remove the filter Topic/, /^Remove the filter Last answer/]) {
    await page.getByRole("button", { name }).click();
  }
  await page.waitForURL(({ search }) => !/q=|topic=|action=|code=/.test(search));
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.waitForURL(({ search }) => search === "");
  opened.assertNoFault();
  await opened.close();
});

test("the list tells how long each last attempt took, and reads 50 or 100 rows at a time", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/webhooks/${world.webhooks.failing}?filter=failed`);
  const { page } = opened;
  const ids = await idsOf(page);
  const { events } = (
    await world.tenant.must(200, "GET", `/v4/webhooks/${world.webhooks.failing}/events?filter=FAILED`)
  ).json as { events: { _id: string; lastDurationMs: number }[] };
  const shown = await page.locator("main tbody tr").first().innerText();
  const { lastDurationMs = 0 } = events.find(({ _id }) => _id === ids[0]) ?? {};
  const rounding = { maximumFractionDigits: lastDurationMs < 10 ? 1 : 0 }; // 4.02 is shown as 4, without a zero
  assert.ok(shown.includes(`\t${lastDurationMs.toLocaleString("en", rounding)} ms`), `${lastDurationMs}: ${shown}`);
  const [request] = await Promise.all([
    page.waitForRequest((asked) => /\/events\?.*limit=50/.test(asked.url())),
    page.getByLabel("Rows read at a time").selectOption("50"),
  ]);
  assert.match(request.url(), /filter=FAILED/);
  await page.waitForURL(/rows=50/);
  assert.deepEqual(await idsOf(page), ids);
  await page.getByLabel("Rows read at a time").selectOption("100");
  await page.waitForURL(({ search }) => !search.includes("rows="));
  opened.assertNoFault();
  await opened.close();
});

test("a code that does not exist is refused at its field, and a failure is found by its name", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/events`);
  const { page } = opened;
  await idsOf(page);
  await page.getByRole("button", { name: "Filters" }).click();
  const code = page.getByLabel("Last answer").first();
  await code.fill("999");
  await code.blur();
  await page.getByText("A status such as 503").waitFor();
  assert.ok(!page.url().includes("code="));
  await code.fill("certificate exp");
  await page.getByRole("option", { name: /TLS_EXPIRED/ }).click();
  await page.waitForURL(/code=TLS_EXPIRED/);
  await page.getByRole("heading", { name: "Nothing matches these filters" }).waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("the events of a filter are saved as files, each event as the API has it", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/webhooks/${world.webhooks.failing}?filter=failed`);
  const { page } = opened;
  await idsOf(page);
  const list = await world.tenant.must(200, "GET", `/v4/webhooks/${world.webhooks.failing}/events?filter=FAILED`);
  const ids = (list.json["events"] as { _id: string }[]).map(({ _id }) => _id);
  const saved = async (form: string): Promise<string> => {
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: form }).click(),
    ]);
    return readFile(await download.path(), "utf8");
  };
  const ndjson = (await saved("As NDJSON")).trimEnd().split("\n");
  assert.deepEqual(
    ndjson.map((line) => (JSON.parse(line) as { _id: string })._id),
    ids,
  );
  const csv = (await saved("As CSV")).trimEnd().split("\r\n");
  assert.deepEqual([csv.length, csv[1]?.split(",")[0]], [ids.length + 1, ids[0]]);
  opened.assertNoFault();
  await opened.close();
});

test("a view is saved under a name, opened again, and is an address that somebody else can open", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/events?filter=failed&topic=SIGNATURE&cols=id`);
  const { page } = opened;
  await idsOf(page);
  await page.getByRole("button", { name: "Views" }).click();
  await assertAccessible(page, "the menu of views");
  await page.getByRole("menuitem", { name: "Save this view…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Broken signatures");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Test events" }).click();
  await page.waitForURL(({ search }) => search.includes("test=true") && !search.includes("topic"));
  await page.getByRole("button", { name: "Views" }).click();
  const view = page.getByRole("menuitem", { name: "Broken signatures" });
  assert.match(
    (await view.getAttribute("href")) ?? "",
    /filter=failed.*topic=SIGNATURE|topic=SIGNATURE.*filter=failed/,
  );
  await view.click();
  await page.waitForURL(({ search }) => search.includes("topic=SIGNATURE") && !search.includes("test="));
  opened.assertNoFault();
  await opened.close();
});

test("selected events, and all that match, can be resent together", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/events?filter=failed`);
  const { page } = opened;
  const ids = await idsOf(page);
  await page.getByRole("checkbox", { name: `Select ${ids[0]}` }).check();
  await page.getByRole("checkbox", { name: `Select ${ids[1]}` }).check();
  await page.getByRole("button", { name: "Resend 2 selected…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resend 2" }).waitFor();
  await assertAccessible(page, "the resend of selected events");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: /^Resend all \d+ matching…$/ }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear the selection" }).click();
  assert.equal(await page.getByRole("region", { name: "Actions for the selected events" }).count(), 0);
  opened.assertNoFault();
  await opened.close();
});

test("days are told apart, and more pages come as one scrolls", async () => {
  const opened = await browser.open({ url, key }, "/sign-in");
  const { page } = opened;
  const DAY_MS = 86_400_000;
  const row = (await world.tenant.must(200, "GET", `${world.base}/events/${world.events.failed}`)).json;
  // Rows of the API by the hundred, as a history of months would have them.
  await page.route(/\/envs\/DEVELOPMENT\/events\?/, async (route) => {
    const at = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const events = Array.from({ length: 100 }, (_, number) => {
      const created = new Date(Date.now() - Math.floor((at + number) / 40) * DAY_MS).toISOString();
      return { ...row, _id: `evt_${String(at + number).padStart(6, "0")}`, _createdAt: created };
    });
    const searchData = { total: 5_000, page: 1, nbEventsPerPage: 100 };
    const json = { events, searchData, nextCursor: at < 4_900 ? String(at + 100) : null };
    await route.fulfill({ contentType: "application/json", body: JSON.stringify(json) });
  });
  await opened.open(`${world.home}/events`);
  await idsOf(page);
  const table = page.getByRole("table", { name: "Events" });
  assert.equal(await table.getAttribute("aria-rowcount"), "5001");
  const scroller = table.locator("..");
  const separators = table.locator("th[scope=rowgroup]");
  await scroller.evaluate((element) => element.scrollTo(0, 40 * 44 - 200));
  await separators.first().waitFor();
  await assertAccessible(page, "a list of several days");
  await eventually(
    async () => {
      await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      return idsOf(page);
    },
    (ids) => Number(ids.at(-1)?.slice("evt_".length)) >= 299,
  );
  const rows = await table.locator("tbody tr").count();
  assert.ok(rows < 80, `${rows} rows are in the page`);
  opened.assertNoFault();
  await opened.close();
});

for (const locale of ["en", "fr"] as const) {
  test(`whatever the columns hold, what can be done with an event is in sight (${locale})`, async () => {
    const opened = await browser.open({ url, key, locale }, "/sign-in");
    const { page } = opened;
    const HOUR_MS = 3_600_000;
    const row = (await world.tenant.must(200, "GET", `${world.base}/events/${world.events.failed}`)).json;
    await page.route(/\/envs\/DEVELOPMENT\/events\?/, async (route) => {
      const event = {
        ...row,
        topic: "SIGNATURE_REQUEST",
        action: "CHILDREN_GENERATED",
        isTest: true,
        status: "FAILED",
        lastCode: "PROXY_AUTHENTICATION_FAILED",
        lastDurationMs: 29_876,
        attemptCount: 10,
        _createdAt: new Date(Date.now() - 23 * HOUR_MS).toISOString(),
        nextAttemptAt: new Date(Date.now() + 23.9 * HOUR_MS).toISOString(),
      };
      const json = { events: [event], searchData: { total: 1, page: 1, nbEventsPerPage: 100 }, nextCursor: null };
      await route.fulfill({ contentType: "application/json", body: JSON.stringify(json) });
    });
    await opened.open(`${world.home}/events`);
    await idsOf(page);
    await opened.settled();
    assert.deepEqual(await outOfSight(page), []);
    opened.assertNoFault();
    await opened.close();
  });
}

test("a row that is pressed with Ctrl or the middle button opens its page in a tab of its own, in the same time zone", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/events?tz=utc`);
  const { page, context } = opened;
  const [id = ""] = await idsOf(page);
  const cell = page
    .locator("main tbody tr", { has: page.locator(`a[title="${id}"]`) })
    .locator("td")
    .nth(1);
  // Only the address is noted: in a browser without windows, one tab in twenty hangs that a page opens on a busy machine.
  await page.evaluate(() => {
    globalThis.open = (address) => {
      Object.assign(globalThis, { tabAddress: String(address) });
      return null;
    };
  });
  for (const press of [{ modifiers: ["ControlOrMeta" as const] }, { button: "middle" as const }]) {
    await cell.click(press);
    const address = await page.evaluate(() => (globalThis as unknown as { tabAddress: string }).tabAddress); // set above
    const tab = await context.newPage();
    await tab.goto(new URL(address, url).href);
    await tab.getByRole("heading", { name: "Timeline" }).waitFor();
    const { pathname, search } = new URL(tab.url());
    assert.ok(pathname.endsWith(`/events/${id}`), pathname);
    assert.equal(search, "?tz=utc");
    await tab.close();
    await page.evaluate(() => Object.assign(globalThis, { tabAddress: "no tab was opened" }));
  }
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(opened.address(), `${world.home}/events?tz=utc`);
  opened.assertNoFault();
  await opened.close();
});
