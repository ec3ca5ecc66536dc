import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

/** Types into the palette and takes what it offers. */
async function choose(page: Page, text: string, name: RegExp): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Type a page or an action").fill(text);
  await page.getByRole("button", { name }).click();
}

test("on the operator's own pages the palette opens environments by name, and webhooks by their id", async () => {
  const opened = await browser.open({ url, key: world.operatorKey }, "/system");
  const { page } = opened;
  await page.getByRole("heading", { level: 1, name: "System" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Type a page or an action").fill("test · prod");
  await page.getByRole("button", { name: /Test · PRODUCTION/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/a/${world.appId}/PRODUCTION/overview`);

  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "System" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Type a page or an action").fill(` ${world.webhooks.failing}\n`);
  await page.getByRole("button", { name: /Open webhook/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${world.home}/webhooks/${world.webhooks.failing}`);

  await choose(page, world.appId, /^Open application .* · STAGING/);
  await page.waitForURL(`**/a/${world.appId}/STAGING/overview`);
  opened.assertNoFault();
  await opened.close();
});

test("neither the palette nor the shortcuts of a key without the scope admin lead to pages that the key cannot read", async () => {
  const { json } = await world.server.operator.must(201, "POST", `${world.base}/api-keys`, {
    name: "Reader",
    scopes: ["events"],
  });
  const opened = await browser.open({ url, key: String(json["apiKey"]) }, `${world.home}/events`);
  const { page } = opened;
  await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Overview/ }).waitFor();
  assert.equal(await dialog.getByRole("button", { name: /^(?:API keys|Audit log|Settings|Add Webhook)/ }).count(), 0);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await sheet.getByText("Go to Overview").waitFor();
  assert.equal(await sheet.getByText(/^Go to (?:API keys|Audit log|Settings|Webhooks)/).count(), 0);
  await opened.close();
});

test("single-key shortcuts that are switched off in the settings do nothing, and Ctrl+K goes on working", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/settings`);
  const { page } = opened;
  const shortcuts = page.getByRole("switch", { name: "Single-key shortcuts" });
  await shortcuts.click();
  await page.getByRole("heading", { level: 1, name: "Settings" }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  assert.match(opened.address(), /\/settings$/);
  await page.keyboard.press("Escape");
  await shortcuts.click();
  await page.getByRole("heading", { level: 1, name: "Settings" }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await page.waitForURL("**/webhooks");
  opened.assertNoFault();
  await opened.close();
});

test("the palette acts: theme, times, a resend in bulk, language, sign-out", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/overview`);
  const { page } = opened;
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await choose(page, "dark", /^Theme: Dark/);
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  await choose(page, "utc", /^Times: UTC/);
  await page.waitForURL(/[?&]tz=utc/);

  await choose(page, "bulk", /^Resend events in bulk/);
  const dialog = page.getByRole("dialog", { name: "Resend events" });
  await dialog.waitFor();
  assert.equal(new URL(page.url()).pathname, `${world.home}/jobs`);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(opened.address(), `${world.home}/jobs?tz=utc`);
  await page.getByRole("button", { name: "Resend events…" }).click();
  await dialog.getByRole("button", { name: /^Resend \d+/ }).click();
  await page.waitForURL(/\/jobs\/job_/);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  assert.equal(opened.address(), `${world.home}/jobs?tz=utc`);
  await dialog.waitFor({ state: "detached" });

  await choose(page, "fran", /^Language: Français/);
  await page.getByRole("heading", { level: 1, name: "Travaux" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Tapez une page").fill("déconnecter");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/sign-in*");
  opened.assertNoFault();
  await opened.close();
});
