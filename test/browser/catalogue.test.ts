/** What an operator's catalogue file tells of an action's past and successor. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { assertAccessible } from "./support/axe.ts";
import { PHONE, startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "webhooks-catalogue-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "catalogue.json");
const action = { description: "An invoice was paid.", content: { type: "object" }, sample: {} };
const old = {
  ...action,
  isDeprecated: true,
  replacedBy: "BILLING.PAID",
  since: "1.4",
  changes: [{ version: "2.0", description: "The currency is always given." }],
};
const topics = { BILLING: { description: "Billing.", actions: { SETTLED: old, PAID: action } } };
writeFileSync(file, JSON.stringify({ mode: "extend", topics }));

const world = await startWorld({ CATALOG_FILE: file });
const browser = await startBrowser();
const { url } = world.server;

test("a deprecated action says so in the tree and on its page, with its versions and what to use in its place", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/catalogue?q=billing`);
  const { page } = opened;
  const line = page.getByRole("treeitem", { name: /SETTLED/ });
  await line.getByText("Deprecated").waitFor();
  assert.equal(await page.getByRole("treeitem", { name: /PAID/ }).getByText("Deprecated").count(), 0);
  await line.click();
  await page.getByText("Since 1.4").waitFor();
  await page.getByRole("listitem").filter({ hasText: "2.0: The currency is always given." }).waitFor();
  await assertAccessible(page, "a deprecated action");
  await page.getByRole("link", { name: "BILLING.PAID" }).click();
  await page.waitForURL(/catalogue\/BILLING\/PAID/);
  await page.getByRole("heading", { name: "BILLING.PAID" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "Changes" }).count(), 0);
  opened.assertNoFault();
  await opened.close();
});

test("in French on a phone a deprecated action is as readable", async () => {
  const opened = await browser.open(
    { url, key: world.adminKey, locale: "fr", viewport: PHONE },
    `${world.home}/catalogue/BILLING/SETTLED`,
  );
  const { page } = opened;
  await page.getByText("Depuis 1.4").waitFor();
  await page.getByText(/ne devrait plus servir/).waitFor();
  await assertAccessible(page, "a deprecated action, fr");
  opened.assertNoFault();
  await opened.close();
});
