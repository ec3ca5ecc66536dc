import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { eventually } from "../e2e/support/api_server.ts";
import { startBrowser } from "./support/console_page.ts";
import { publish, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;
const LIVE = `${world.home}/live`;

/** New, passed and failed lines since the feed was opened, as the page says. */
async function counts(page: Page): Promise<number[]> {
  const text = await page.getByText(/^Since it was opened/).innerText();
  return [...text.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(",", "")));
}

async function openLive(search = "") {
  const opened = await browser.open({ url, key: world.adminKey }, "/sign-in");
  const streams: (string | undefined)[] = [];
  opened.context.on("request", (request) => {
    if (request.url().endsWith("/stream")) streams.push(request.headers()["last-event-id"]);
  });
  await opened.open(LIVE + search);
  await connected(opened.page);
  return { opened, streams };
}

/** The badge, not the heading. */
async function connected(page: Page): Promise<void> {
  await page.locator("main .mantine-Badge-root").getByText("Live", { exact: true }).waitFor();
}

test("windows of one browser share one connection, and the next takes it over without losing a line", async () => {
  const { opened, streams } = await openLive();
  const second = await opened.context.newPage();
  await second.goto(url + LIVE);
  await connected(second);
  await publish(world, "SIGNER", "CREATED", { signerId: "signer-shared" });
  await eventually(
    () => Promise.all([counts(opened.page), counts(second)]),
    ([one, other]) => one[0] === 2 && one[1] === 1 && one[2] === 1 && one.join() === other.join(),
  );
  assert.deepEqual(streams, [undefined]);
  await opened.page.close();
  await publish(world, "SIGNER", "CREATED", { signerId: "signer-after" });
  await eventually(
    () => counts(second),
    (found) => found.join() === "4,2,2",
  );
  assert.equal(streams.length, 2);
  assert.ok(streams[1] !== undefined, "the second connection did not say what it had seen");
  await opened.close();
});

test("what the stream cannot tell any more is read from the lists", async () => {
  const { opened } = await openLive("?status=failed");
  const second = await opened.context.newPage();
  await second.goto(`${url}${LIVE}?status=failed`);
  await connected(second);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await second.route(/\/stream$/, async (route) => {
    await released;
    const headers = route.request().headers();
    // As if the server had been started anew: it knows nothing of what it told.
    headers["last-event-id"] = headers["last-event-id"]?.replace(/^[^-]+/, "000000000000") ?? "";
    await route.continue({ headers });
  });
  await opened.page.close();
  await publish(world, "SIGNER", "CREATED", { signerId: "signer-missed" });
  await eventually(
    async () => (await world.tenant.must(200, "GET", `${world.base}/events?filter=FAILED&limit=1`)).json["events"],
    (events) => (events as { action: string }[])[0]?.action === "CREATED",
  );
  release();
  await second.getByText(/^The stream was away since/).waitFor();
  assert.deepEqual(await counts(second), [0, 0, 1]);
  await opened.close();
});

test("what the lists and the stream both tell after a gap is counted once", async () => {
  const { opened } = await openLive("?status=failed");
  const second = await opened.context.newPage();
  await second.goto(`${url}${LIVE}?status=failed`);
  await connected(second);
  await second.route(/\/stream$/, async (route) => {
    const headers = route.request().headers();
    // As if the server had been started anew: it knows nothing of what it told.
    headers["last-event-id"] = headers["last-event-id"]?.replace(/^[^-]+/, "000000000000") ?? "";
    await route.continue({ headers });
  });
  const failures = async (): Promise<number> => {
    const { json } = await world.tenant.must(200, "GET", `${world.base}/events?filter=FAILED&topic=APP`);
    return (json["events"] as unknown[]).length;
  };
  const before = await failures();
  // The list is read when the stream has told of the same attempt already.
  await second.route(/\/events\?.*from=/, async (route) => {
    await publish(world, "APP", "ARCHIVED", {});
    await eventually(failures, (count) => count === before + 1);
    await route.continue();
  });
  await opened.page.close();
  await second.getByText(/^The stream was away since/).waitFor();
  await eventually(
    () => counts(second),
    ([, , failed]) => failed !== 0,
  );
  assert.deepEqual(await counts(second), [0, 0, 1]);
  await opened.close();
});

/**
 * Clicks with Ctrl and gives what the browser would open in a tab; null when the page keeps the click for itself. The tab is
 * not opened: one in twenty hangs in a browser without windows, whatever it shows, as soon as the machine is busy.
 */
async function tabOf(page: Page, link: Locator): Promise<string | null> {
  await page.evaluate(() => {
    const noted = (event: MouseEvent): void => {
      const anchor = event.target instanceof Element ? event.target.closest("a") : null;
      Object.assign(globalThis, { tabAddress: event.defaultPrevented || !event.ctrlKey ? null : anchor?.href });
      event.preventDefault();
    };
    addEventListener("click", noted, { once: true });
  });
  await link.click({ modifiers: ["Control"] });
  return await page.evaluate(() => (globalThis as unknown as { tabAddress: string | null }).tabAddress); // set above
}

test("a click opens an event over the feed, which goes on; with Ctrl it is left to the browser, for a tab of its own", async () => {
  const { opened, streams } = await openLive();
  const { page, context } = opened;
  const line = page.getByRole("log").getByRole("link").first();
  const path = String(await line.getAttribute("href"));
  await line.click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("heading", { name: "Timeline" }).waitFor();
  const eventOf = (): string | null => new URL(page.url()).searchParams.get("event");
  const id = eventOf();
  assert.ok(id !== null && path.endsWith(`/events/${id}`), `${path} was opened as ${id}`);
  await publish(world, "SIGNER", "CREATED", { signerId: "signer-behind" });
  await eventually(
    () => counts(page),
    ([created, passed]) => created === 2 && passed === 1,
  );
  await page.keyboard.press("j");
  await eventually(
    () => Promise.resolve(eventOf()),
    (other) => other !== null && other !== id,
  );
  await page.keyboard.press("k");
  await eventually(
    () => Promise.resolve(eventOf()),
    (other) => other === id,
  );
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  assert.equal(opened.address(), LIVE);
  const address = await tabOf(page, line);
  assert.equal(opened.address(), LIVE);
  assert.ok(address !== null, "the page kept the click for itself");
  const tab = await context.newPage();
  await tab.goto(address);
  await tab.getByRole("heading", { name: "Timeline" }).waitFor();
  assert.match(new URL(tab.url()).pathname, /\/webhooks\/whk_[^/]+\/events\/evt_[^/]+$/);
  assert.equal(opened.address(), LIVE);
  assert.deepEqual(streams, [undefined]);
  opened.assertNoFault();
  await opened.close();
});

test("500 events a second are sampled for the eye, counted to the last one, and cost no memory", async () => {
  const { opened } = await openLive(`?webhook=${world.webhooks.healthy}`);
  const { page, context } = opened;
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhooks.failing}`, { isDisabled: true });
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhooks.healthy}`, { maxConcurrency: 100 });
  const devtools = await context.newCDPSession(page);
  const heapBytes = async (): Promise<number> => {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize;
  };
  const content = { signerId: "signer-many", note: "x".repeat(400) };
  const messages = Array.from({ length: 250 }, () => ({ topic: "SIGNER", action: "CREATED", content }));
  const publishFor = async (seconds: number): Promise<void> => {
    for (let half = 0; half < seconds * 2; half++) {
      const next = new Promise((resolve) => setTimeout(resolve, 500));
      await world.platform.must(201, "POST", `${world.base}/messages/batch`, { messages });
      await next;
    }
  };
  const isSampling = page.getByText(/^Sampling 1 in \d+, counts exact/).waitFor();
  // Long enough for the buffer to be full before the first measure.
  await publishFor(16);
  await isSampling;
  const before = await heapBytes();
  await publishFor(16);
  const after = await heapBytes();
  await world.receiver.until(16_000, ({ body }) => body.includes("signer-many"));
  await eventually(
    () => counts(page),
    ([created, passed]) => created === 16_000 && passed === 16_000,
  );
  assert.ok(after - before < 3_000_000, `the heap went from ${before} to ${after} bytes`);
  assert.ok((await page.getByRole("log").locator("a").count()) < 100);
  opened.assertNoFault();
  await opened.close();
});

test("a paused feed goes on counting, and shows what is new when it is asked to", async () => {
  const { opened } = await openLive();
  const { page } = opened;
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Resume" }).waitFor();
  await publish(world, "SIGNATURE_PROFILE", "ARCHIVED", { signatureProfileId: "profile-paused" });
  await page.getByText("2 new").waitFor();
  assert.equal(await page.getByRole("log").getByText("SIGNATURE_PROFILE.ARCHIVED").count(), 0);
  await page.getByRole("button", { name: "Show what is new" }).click();
  await page.getByRole("log").getByText("SIGNATURE_PROFILE.ARCHIVED").first().waitFor();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  opened.assertNoFault();
  await opened.close();
});
