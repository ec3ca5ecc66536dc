import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "../e2e/support/api_server.ts";
import { startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

/** So many Tabs reach anything on a page; more mean that it cannot be reached. */
const TABS_MAX = 120;

/** Presses Tab until the focus is on something with this role and name. */
async function tabTo(page: Page, role: string, name: RegExp): Promise<void> {
  for (let count = 0; count < TABS_MAX; count++) {
    await page.keyboard.press("Tab");
    const wanted = page.getByRole(role as "button", { name }).and(page.locator(":focus"));
    if ((await wanted.count()) > 0) return;
  }
  assert.fail(`${role} ${name} was not reached by ${TABS_MAX} Tabs`);
}

test("with the keyboard alone: sign in, add an endpoint, test it, find the failure, resend it", async () => {
  const target = `${world.receiver.url}/failing-by-keyboard`;
  const opened = await browser.open({ url, key: null }, `${world.home}/overview`);
  const { page } = opened;
  await page.getByLabel("Key", { exact: true }).waitFor();
  await page.keyboard.type(world.adminKey);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();

  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await tabTo(page, "link", /^Add Webhook Endpoint$/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/webhooks\/new/);
  await tabTo(page, "textbox", /^URL/);
  await page.keyboard.type(target);
  await tabTo(page, "button", /^Add Webhook Endpoint$/);
  await page.keyboard.press("Enter");
  await page
    .getByText(/whsec_[\w+/=]{20}/)
    .first()
    .waitFor();

  await tabTo(page, "button", /^Send test event$/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, "button", /^Send$/);
  await page.keyboard.press("Enter");
  const webhooks = (await world.tenant.must(200, "GET", `${world.base}/webhooks`)).json as unknown as {
    _id: string;
    url: string;
  }[];
  const id = webhooks.find((each) => each.url === target)?._id ?? "";
  const read = async () =>
    (await world.tenant.must(200, "GET", `/v4/webhooks/${id}/events`)).json["events"] as unknown[];
  const attempts = (events: unknown[]): number =>
    (events[0] as { attemptCount?: number } | undefined)?.attemptCount ?? 0;
  await eventually(read, (events) => attempts(events) === 1);
  await page.keyboard.press("Escape");

  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  await tabTo(page, "tab", /^(All|Failed)/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: /^Failed/, selected: true }).waitFor();
  // The rows of the other tab are gone then.
  await opened.settled();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const details = page.getByRole("dialog");
  await details.getByRole("heading", { name: "Response", exact: true }).waitFor();
  await page.keyboard.press("r");
  await eventually(read, (events) => attempts(events) === 2);
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "hidden" });
  opened.assertNoFault();
  await opened.close();
});

test("a pasted event id leads to its response body in two actions", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/overview`);
  const { page } = opened;
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("textbox").fill(world.events.failed);
  await page.keyboard.press("Enter");
  await page.getByText("database is down").first().waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("single keys do nothing while somebody types, and nothing at all once they are switched off", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks`);
  const { page } = opened;
  await page.locator("main tbody tr").first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("ge?");
  assert.match(opened.address(), /webhooks/);
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("switch", { name: "Single-key shortcuts" }).uncheck();
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.keyboard.press("?");
  assert.match(opened.address(), /webhooks/);
  assert.equal(await page.getByRole("dialog").filter({ hasText: "Keyboard shortcuts" }).count(), 0);
  opened.assertNoFault();
  await opened.close();
});

test("the list of shortcuts names every page, closes with Escape and gives the focus back", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks`);
  const { page } = opened;
  const add = page.getByRole("link", { name: "Add Webhook Endpoint" }).first();
  await add.focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog");
  for (const name of ["Overview", "Events", "Live", "Catalogue"]) await sheet.getByText(`Go to ${name}`).waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await eventually(
    () => add.evaluate((element) => element === document.activeElement),
    (isFocused) => isFocused,
  );
  opened.assertNoFault();
  await opened.close();
});
