import assert from "node:assert/strict";
import { test } from "node:test";
import { MANIFEST } from "./support/build_manifest.ts";
import { startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;
const WEBHOOKS = /\/v4\/applications\/[^/]+\/envs\/[^/]+\/webhooks(\?|$)/;

test("while the list of webhooks is on its way, its place is held and the page can be used", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/overview`);
  const { page } = opened;
  await page.getByRole("heading", { level: 1 }).waitFor();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const slow = await browser.open({ url, key: world.adminKey }, "/sign-in");
  await slow.page.route(WEBHOOKS, async (route) => {
    await released;
    await route.continue();
  });
  await slow.open(`${world.home}/webhooks`);
  await slow.page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await slow.page.getByRole("status", { name: "Loading…" }).first().waitFor();
  release();
  await slow.page.locator("main tbody tr").first().waitFor();
  for (const each of [opened, slow]) {
    each.assertNoFault();
    await each.close();
  }
});

for (const [what, path] of [
  ["the session", "/v4/session"],
  ["a screen's script", `/${MANIFEST["src/screens/overview/overview_screen.tsx"]?.file}`],
] as const) {
  test(`while ${what} is on its way, the place of the page is held`, async () => {
    const opened = await browser.open({ url, key: world.adminKey }, null);
    await opened.requests.hold(({ pathname }) => pathname === path);
    await opened.start(`${world.home}/overview`);
    await opened.page.getByRole("status", { name: "Loading…" }).waitFor();
    assert.equal(opened.requests.heldCount, 1);
    await opened.requests.release();
    await opened.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    opened.assertNoFault();
    await opened.close();
  });
}

test("a session that cannot be read is told as that, and read again on demand", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, null);
  // The router tells what it shows in place of the page.
  opened.allow(/500/, /ApiProblem/);
  const { page } = opened;
  let isBroken = true;
  await page.route(/\/v4\/session$/, async (route) => {
    const body = { code: "INTERNAL_ERROR", message: "Something broke.", requestId: "req_of_the_test" };
    if (isBroken) await route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify(body) });
    else await route.continue();
  });
  await opened.start(`${world.home}/overview`);
  const alert = page.getByRole("alert").filter({ hasText: "req_of_the_test" });
  await alert.waitFor();
  isBroken = false;
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("a failed read says what happened with the request's id, and its retry shows the list", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, "/sign-in");
  opened.allow(/500/);
  const { page } = opened;
  let isBroken = true;
  await page.route(WEBHOOKS, async (route) => {
    const body = { code: "INTERNAL_ERROR", message: "Something broke.", requestId: "req_of_the_test" };
    if (isBroken) await route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify(body) });
    else await route.continue();
  });
  await opened.open(`${world.home}/webhooks`);
  const alert = page.getByRole("alert").filter({ hasText: "req_of_the_test" }).first();
  await alert.waitFor();
  isBroken = false;
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.locator("main tbody tr").first().waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("what was read before stays when a new read fails, with its age", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, "/sign-in");
  opened.allow(/500/);
  const { page } = opened;
  await page.clock.install();
  let isBroken = false;
  await page.route(WEBHOOKS, async (route) => {
    const body = { code: "INTERNAL_ERROR", message: "Something broke.", requestId: "req_of_the_test" };
    if (isBroken) await route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify(body) });
    else await route.continue();
  });
  await opened.open(`${world.home}/webhooks`);
  await page.locator("main tbody tr").first().waitFor();
  assert.equal(await page.getByText("What you see was read").count(), 0);
  isBroken = true;
  // The present is told to the second, which is why it is not three minutes sharp.
  await page.clock.fastForward(190_000);
  // Coming back to the tab reads anew what is not fresh any more.
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await page.getByRole("alert").filter({ hasText: "req_of_the_test" }).first().waitFor();
  const age = page.getByText("What you see was read").first();
  await age.waitFor();
  assert.match(await age.innerText(), /3 min/);
  assert.ok((await page.locator("main tbody tr").count()) > 0);
  opened.assertNoFault();
  await opened.close();
});

test("how long ago something was is right at once on a page that is opened after a while", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, "/sign-in");
  const { page } = opened;
  await page.clock.install();
  // Nothing in it needs to know the present.
  await opened.open(`${world.home}/debugger`);
  await page.locator("main form").first().waitFor();
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    const note = (): void => {
      for (const { textContent } of document.querySelectorAll("main time")) told.push(textContent);
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.clock.fastForward(1_200_000);
  await page.getByRole("link", { name: "Webhooks", exact: true }).click();
  await page.locator("main tbody time").first().waitFor();
  const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told); // set above
  assert.notEqual(told.length, 0);
  assert.deepEqual(new Set(told.filter((text) => !/^2\d min\. ago$/.test(text))), new Set());
  opened.assertNoFault();
  await opened.close();
});

test("a key without the scope is told so, and sees nothing", async () => {
  const made = await world.server.operator.must(201, "POST", `${world.base}/api-keys`, { scopes: ["tokens"] });
  const opened = await browser.open({ url, key: String(made.json["apiKey"]) }, `${world.home}/events`);
  opened.allow(/403/);
  await opened.page.getByRole("alert").filter({ hasText: "scope" }).first().waitFor();
  assert.equal(await opened.page.locator("main tbody tr").count(), 0);
  opened.assertNoFault();
  await opened.close();
});

test("without a connection the page says so, keeps what it shows, and reads again when it is back", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks`);
  opened.allow(/ERR_INTERNET_DISCONNECTED/);
  const { page, context } = opened;
  await page.locator("main tbody tr").first().waitFor();
  await context.setOffline(true);
  await page.getByText("You are offline").waitFor();
  assert.ok((await page.locator("main tbody tr").count()) > 0);
  await context.setOffline(false);
  await page.getByText("You are offline").waitFor({ state: "hidden" });
  opened.assertNoFault();
  await opened.close();
});
