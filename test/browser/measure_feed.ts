/**
 * `npm run console:feed -- --minutes=10 --rate=500`: watches the live feed in a real browser while so many events a second
 * are published and delivered: frames, long tasks, memory after a collection, and whether the counts of the page are exact.
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { ApiClient } from "../e2e/support/api_client.ts";
import { Receiver } from "../e2e/support/receiver.ts";
import { ADMIN_API_KEY, ServerProcess, freePort } from "../e2e/support/server_process.ts";
import { launchChromium } from "./support/chromium.ts";
import { ConsoleBrowser } from "./support/console_page.ts";
import { FrameWatch, loadText, smoothnessText } from "./support/frame_watch.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, rate: { type: "string", default: "500" } },
});
const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
/** So often messages are published together, in ms. */
const BATCH_EVERY_MS = 100;
const REPORT_EVERY_MS = 30_000;
/** Before the first report: the feed's memory is full then, and what is compiled late is compiled. */
const WARM_UP_MS = 60_000;
/** The feed tells of the last event within this time, in ms. */
const DRAIN_MS_MAX = 30_000;

const server = new ServerProcess({ port: await freePort() });
const receiver = new Receiver();
const { browser, stop } = await launchChromium();
await Promise.all([server.start(), receiver.start()]);
receiver.behave = (_received, response) => {
  receiver.received.length = 0;
  response.end();
};
try {
  await run();
} finally {
  await stop();
  await server.remove();
  await receiver.stop();
}

async function run(): Promise<void> {
  const { appId, base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  const made = await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url, maxConcurrency: 100 });
  const opened = await new ConsoleBrowser(browser).open(
    { url: server.url, key: ADMIN_API_KEY },
    `/a/${appId}/DEVELOPMENT/live?webhook=${String(made.json["_id"])}`,
  );
  const { page } = opened;
  await page.locator("main .mantine-Badge-root").getByText("Live", { exact: true }).waitFor();
  const watch = await FrameWatch.on(page);
  const content = { signerId: "signer-many", note: "x".repeat(400) };
  const size = Math.round((rate * BATCH_EVERY_MS) / 1_000);
  const messages = Array.from({ length: size }, () => ({ topic: "SIGNER", action: "CREATED", content }));
  const startedAt = performance.now();
  const endAt = startedAt + WARM_UP_MS + minutes * 60_000;
  let published = 0;
  const publishing = (async () => {
    for (let dueAt = startedAt; dueAt < endAt; dueAt += BATCH_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())));
      await platform.must(201, "POST", `${base}/messages/batch`, { messages });
      published += size;
    }
  })();
  for (let reportAt = startedAt + WARM_UP_MS; reportAt <= endAt; reportAt += REPORT_EVERY_MS) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, reportAt - performance.now())));
    const smoothness = smoothnessText(await watch.look());
    const heap = ((await watch.heapBytes()) / 2 ** 20).toFixed(2);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    const line = [`${seconds} s`, `${published} published`, `heap ${heap} MiB`, `${await watch.nodes()} nodes`];
    console.log([...line, smoothness, loadText()].join("; "));
    // The collections that were asked for are no fault of the page.
    await watch.look();
  }
  await publishing;
  await countsBecome(page, published);
  opened.assertNoFault();
  console.log(`the page counted all ${published} events, and as many that passed`);
}

async function countsBecome(page: Page, published: number): Promise<void> {
  const deadlineAt = performance.now() + DRAIN_MS_MAX;
  for (;;) {
    const text = await page.getByText(/^Since it was opened/).innerText();
    const [created, passed] = [...text.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(",", "")));
    if (created === published && passed === published) return;
    assert.ok(performance.now() < deadlineAt, `published ${published}; the page says: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
