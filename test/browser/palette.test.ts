import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

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
