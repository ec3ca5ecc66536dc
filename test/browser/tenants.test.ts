import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsolePage } from "./support/console_page.ts";
import { startBrowser } from "./support/console_page.ts";
import { SCREENS } from "./support/screens.ts";
import { addFailedJob, addTenant, startShownWorld } from "./support/world.ts";

const own = await startShownWorld();
const foreign = await addFailedJob(await addTenant(own.server));
const browser = await startBrowser();
const { url } = own.server;

/** Everything by which the other tenant could be recognised. */
const FOREIGN_IDS = [
  foreign.appId,
  foreign.adminKey,
  foreign.receiver.url,
  ...Object.values(foreign.webhooks),
  ...Object.values(foreign.events),
  foreign.failedJob,
];

async function assertNothingForeign({ page }: ConsolePage, what: string): Promise<void> {
  const text = await page.evaluate(() => document.documentElement.outerHTML);
  assert.deepEqual(
    FOREIGN_IDS.filter((id) => text.includes(id)),
    [],
    what,
  );
}

for (const screen of SCREENS.filter(({ key }) => key === "tenant")) {
  test(`${screen.name} of one tenant shows nothing of another`, async () => {
    const opened = await browser.open({ url, key: own.adminKey }, screen.path(own));
    await opened.page.locator(screen.ready).first().waitFor();
    await opened.settled();
    await assertNothingForeign(opened, screen.name);
    opened.assertNoFault();
    await opened.close();
  });

  test(`${screen.name} of another tenant, opened by its address, shows that there is nothing, and none of its data`, async () => {
    const opened = await browser.open({ url, key: own.adminKey }, screen.path(foreign));
    opened.allow(/40[34]/, /EventSource/);
    await opened.page.locator("main").waitFor();
    await opened.settled();
    // The address itself names the foreign ids; data would be more than that.
    const text = await opened.page.locator("main").innerText();
    assert.ok(!text.includes(foreign.receiver.url) && !text.includes("Contract archive"), text);
    opened.assertNoFault();
    await opened.close();
  });
}

test("a foreign id pasted into the palette opens a page that knows nothing of it", async () => {
  const opened = await browser.open({ url, key: own.adminKey }, `${own.home}/overview`);
  opened.allow(/404/);
  const { page } = opened;
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("textbox").fill(foreign.events.failed);
  await page.keyboard.press("Enter");
  await page.waitForURL((address) => address.pathname.endsWith(foreign.events.failed));
  await page.getByRole("alert").waitFor();
  opened.assertNoFault();
  await opened.close();
});
