import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedPages, startBrowser } from "./support/console_page.ts";
import { SCREENS } from "./support/screens.ts";
import { startShownWorld } from "./support/world.ts";

const world = await startShownWorld();
const browser = await startBrowser();
const { url } = world.server;

test("filters, open event and time zone are in the address: a reload and another window show the same", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/events`);
  const { page } = opened;
  await page.locator("main tbody tr").first().waitFor();
  await page.getByRole("tab", { name: /^Failed/ }).click();
  await page.getByRole("tab", { name: /^Failed/, selected: true }).waitFor();
  await opened.settled();
  await page.locator("main tbody tr").first().click();
  await page.getByRole("dialog").waitFor();
  await page.waitForURL(/event=evt_/);
  const address = opened.address();
  await page.reload();
  await page.getByRole("dialog").waitFor();
  assert.equal(opened.address(), address);
  const other = await browser.open({ url, key: world.adminKey }, `${address}&tz=utc`);
  await other.page.getByRole("dialog").waitFor();
  await other.page.getByRole("dialog").getByText(/UTC/).first().waitFor();
  for (const each of [opened, other]) {
    each.assertNoFault();
    await each.close();
  }
});

test("one press in the bar shows all times in UTC, and another one in local time", async () => {
  const narrowest = { width: 992, height: 800 };
  const options = { url, key: world.adminKey, locale: "fr", viewport: narrowest } as const;
  const opened = await browser.open(
    options,
    `${world.home}/webhooks/${world.webhooks.failing}/events/${world.events.failed}`,
  );
  const { page } = opened;
  const inUtc = page.locator("main").getByText(/UTC/);
  await page.locator("main .cm-content").first().waitFor();
  assert.equal(await inUtc.count(), 0);
  const toggle = page.getByRole("banner").getByRole("radiogroup", { name: "Heures" });
  await toggle.getByText("UTC").click();
  await inUtc.first().waitFor();
  assert.match(opened.address(), /[?&]tz=utc/);
  await toggle.getByText("Locale").click();
  await page.waitForURL((address) => !address.search.includes("tz="));
  assert.equal(await inUtc.count(), 0);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  opened.assertNoFault();
  await opened.close();
});

test("back and forward go through what was opened, one step at a time", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks`);
  const { page } = opened;
  await page
    .getByRole("link", { name: `${world.receiver.url}/failing` })
    .first()
    .click();
  await page.waitForURL(new RegExp(world.webhooks.failing));
  await page.getByRole("tab", { name: /^Failed/ }).click();
  await page.waitForURL(/filter=failed/);
  await page.goBack();
  await page.waitForURL((address) => !address.search.includes("filter=failed"));
  await page.getByRole("tab", { name: /^All/, selected: true }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await page.goForward();
  await page.goForward();
  await page.getByRole("tab", { name: /^Failed/, selected: true }).waitFor();
  opened.assertNoFault();
  await opened.close();
});

const pageOf = sharedPages(browser, (kind: "tenant" | "operator" | null) => ({
  url,
  key: kind === "operator" ? world.operatorKey : world.adminKey,
}));
for (const screen of SCREENS.filter(({ key }) => key !== null)) {
  test(`${screen.name} can be opened by its address with senseless search, and shows itself`, async () => {
    const path = screen.path(world);
    const senseless = "page=-1&range=eon&filter=%3Cscript%3E&tab=nothing&from=yesterday&cols=a.b&attempt=x&tz=mars";
    const opened = await pageOf(screen.key);
    await opened.open(`${path}${path.includes("?") ? "&" : "?"}${senseless}`);
    await opened.page.getByRole("heading", { level: 1 }).first().waitFor();
    await opened.settled();
    assert.equal(await opened.page.getByText("This page failed to show").count(), 0);
    opened.assertNoFault();
  });
}

test("the entry of the audit log that an address names is found on older pages; one that is not there is told", async () => {
  const { operator } = world.server;
  const log = `${world.base}/audit-log?limit=100`;
  for (let number = 0; number < 110; number++) {
    const description = `Renamed ${number}`;
    await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhooks.paused}`, { description });
  }
  const { json: first } = await operator.must(200, "GET", log);
  const { json: second } = await operator.must(200, "GET", `${log}&cursor=${String(first["nextCursor"])}`);
  const oldest = (second["items"] as { _id: string }[]).at(-1)?._id ?? "";
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/audit?entry=${oldest}`);
  const { page } = opened;
  await page.getByRole("dialog", { name: "Entry of the audit log" }).getByText(oldest).waitFor();
  await opened.open(`${world.home}/audit?target=${world.webhooks.paused}&entry=${oldest}`);
  await page.getByText(`Entry ${oldest} is not among those that are shown here.`).waitFor();
  await page.getByRole("button", { name: "Do not open it" }).click();
  await page.waitForURL((address) => !address.searchParams.has("entry"));
  opened.assertNoFault();
  await opened.close();
});

test("settings that were changed and not saved are not lost without a question", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/settings`);
  const { page } = opened;
  const field = page.getByLabel("Time limit of a delivery, in seconds");
  const before = await field.inputValue();
  await field.fill("17");
  await page.getByRole("link", { name: "Events", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
  assert.equal(opened.address(), `${world.home}/settings`);
  assert.match(await field.inputValue(), /^17/);
  await field.fill(before);
  await page.getByRole("link", { name: "Events", exact: true }).click();
  await page.waitForURL("**/events");
  opened.assertNoFault();
  await opened.close();
});

test("an address that leads nowhere says so and leads back", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `/a/${world.appId}/NOWHERE/events`);
  await opened.page.getByRole("heading", { name: "There is nothing here" }).waitFor();
  await opened.page.getByRole("link", { name: "Go to the start" }).click();
  await opened.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  opened.assertNoFault();
  await opened.close();
});
