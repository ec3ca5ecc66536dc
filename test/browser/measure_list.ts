/**
 * `npm run console:list -- --database=data/large.db`: scrolls and filters the list of events in a real browser, over a database
 * that `npm run fill` made: frames, long tasks, waits at the end of what is loaded, and how long a filter takes.
 */
import { parseArgs } from "node:util";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { ApiClient } from "../e2e/support/api_client.ts";
import { ADMIN_API_KEY, ServerProcess, freePort } from "../e2e/support/server_process.ts";
import { launchChromium } from "./support/chromium.ts";
import { ConsoleBrowser } from "./support/console_page.ts";
import { FrameWatch, loadText, smoothnessText } from "./support/frame_watch.ts";

const { values } = parseArgs({
  options: { database: { type: "string", default: "data/large.db" }, rows: { type: "string", default: "10000" } },
});
/** How fast it is scrolled, in px a frame: as one reads on, as one flicks, as one drags. */
const SPEEDS = [20, 60, 200];
/** So many frames of each. */
const FRAMES = 600;
/** Each filter is put in force so often, each time on a page that has read nothing yet. */
const ROUNDS = 3;
/** Searches of the address, as people filter. */
const FILTERS = [
  "?filter=failed",
  "?filter=passed",
  "?filter=pending",
  "?topic=SIGNER",
  "?topic=SIGNATURE&action=SIGNATURE_SUCCESS",
  "?code=503",
  "?code=TIMEOUT_RESPONSE",
  "?code=5xx&filter=failed",
  "?range=24h",
  "?range=7d&filter=failed",
  "?q=sr-777",
  "?q=nothing-has-this",
  "",
];

const database = resolve(values.database);
const server = new ServerProcess({ port: await freePort(), env: { DATABASE_URL: database } });
const { browser, stop } = await launchChromium();
try {
  await server.start();
  await run();
} finally {
  await stop();
  await server.remove();
}

async function run(): Promise<void> {
  const { json } = await new ApiClient({ url: server.url }).must(200, "GET", "/v4/applications");
  const { appId } = (json["items"] as { appId: string }[]).at(-1) ?? { appId: "none" };
  const options = { url: server.url, key: ADMIN_API_KEY };
  const opened = await new ConsoleBrowser(browser).open(options, `/a/${appId}/DEVELOPMENT/events`);
  const { page } = opened;
  await opened.settled();
  console.log(await page.locator("main [role=status]").first().innerText());
  const watch = await FrameWatch.on(page);
  for (const speed of SPEEDS) await scrollAt(page, watch, speed);
  await loadRows(page, Number(values.rows));
  for (const speed of SPEEDS) await scrollAt(page, watch, speed);
  const found = new Map<string, Filtered[]>();
  for (let round = 0; round < ROUNDS; round++) {
    await opened.open(`/a/${appId}/DEVELOPMENT/events`);
    await opened.settled();
    for (const search of FILTERS) {
      found.set(search, [...(found.get(search) ?? []), await filterBy(page, search)]);
      await opened.settled();
    }
  }
  for (const [search, all] of found) {
    const text = (of: (one: Filtered) => number): string => all.map((one) => of(one).toFixed(0)).join(" ");
    console.log(
      `${search || "no filter"}: rows after ms ${text((one) => one.totalMs)}, of which API ${text((one) => one.apiMs)}`,
    );
  }
  console.log(loadText());
  opened.assertNoFault();
}

/** One way, so far as the frames go; further pages are read on the way. */
async function scrollAt(page: Page, watch: FrameWatch, speed: number): Promise<void> {
  await watch.look();
  const waited = await page.evaluate(
    async ([pxPerFrame, frames]) => {
      const scroller = document.querySelector("main table")?.parentElement;
      if (!scroller) throw new Error("there is no table");
      let atEnd = 0;
      for (let frame = 0; frame < frames; frame++) {
        const before = scroller.scrollTop;
        scroller.scrollTop = before + pxPerFrame;
        await new Promise((done) => requestAnimationFrame(done));
        if (scroller.scrollTop === before) atEnd += 1;
      }
      return atEnd;
    },
    [speed, FRAMES] as const,
  );
  const smoothness = smoothnessText(await watch.look());
  console.log(`scrolled ${speed} px a frame: ${smoothness}, ${waited} frames at the end of the rows; ${loadText()}`);
}

/** Scrolls to the end again and again until so many rows are loaded. */
async function loadRows(page: Page, rowsMin: number): Promise<void> {
  const startedAt = performance.now();
  const rows = await page.evaluate(async (wanted) => {
    const scroller = document.querySelector("main table")?.parentElement;
    if (!scroller) throw new Error("there is no table");
    const last = (): number =>
      Number([...scroller.querySelectorAll("tr[data-index]")].at(-1)?.getAttribute("data-index"));
    while (last() < wanted - 1) {
      scroller.scrollTop = scroller.scrollHeight;
      await new Promise((done) => requestAnimationFrame(done));
    }
    const count = last() + 1;
    scroller.scrollTop = scroller.scrollHeight / 2;
    await new Promise((done) => requestAnimationFrame(done));
    return count;
  }, rowsMin);
  console.log(`${rows} rows are loaded after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
}

/** How long it took until the rows were there, and the API's part in it. */
type Filtered = { totalMs: number; apiMs: number };

async function filterBy(page: Page, search: string): Promise<Filtered> {
  return page.evaluate(async (wanted) => {
    performance.clearResourceTimings();
    const startedAt = performance.now();
    // As the browser's own back and forward do: the router follows.
    history.pushState({}, "", location.pathname + wanted);
    dispatchEvent(new PopStateEvent("popstate"));
    const isThere = (): boolean =>
      document.querySelector("main [aria-label='Loading…']") === null &&
      document.querySelector("main tbody tr, main h2") !== null;
    await new Promise((done) => requestAnimationFrame(done));
    while (!isThere()) await new Promise((done) => requestAnimationFrame(done));
    const totalMs = performance.now() - startedAt;
    const answers = performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.includes("/events?") && name.includes("limit=100"));
    return { totalMs, apiMs: Math.max(0, ...answers.map(({ duration }) => duration)) };
  }, search);
}
