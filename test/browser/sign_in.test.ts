import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

test("a deep link without a session leads through the sign-in back to where it pointed, and the key stays nowhere", async () => {
  const target = `${world.home}/webhooks/${world.webhooks.failing}?filter=failed`;
  const opened = await browser.open({ url, key: null }, target);
  const { page } = opened;
  await page.getByLabel("Key", { exact: true }).fill(world.adminKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForURL((address) => address.pathname === `${world.home}/webhooks/${world.webhooks.failing}`);
  assert.match(opened.address(), /filter=failed/);
  const stored = await page.evaluate(() =>
    JSON.stringify({
      local: Object.entries(localStorage),
      session: Object.entries(sessionStorage),
      cookie: document.cookie,
      state: history.state as unknown,
      address: location.href,
    }),
  );
  assert.ok(!stored.includes(world.adminKey) && !stored.includes(world.adminKey.split("_").at(-1) ?? ""), stored);
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.match(opened.address(), /filter=failed/);
  opened.assertNoFault();
  await opened.close();
});

test("a wrong key is refused in words that a screen reader hears, and the field keeps the focus", async () => {
  const opened = await browser.open({ url, key: null }, "/sign-in");
  opened.allow(/401/);
  const { page } = opened;
  const field = page.getByLabel("Key", { exact: true });
  await field.fill("skv2_development_nothing_here");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  assert.equal(await field.evaluate((element) => element === document.activeElement), true);
  assert.equal(opened.address(), "/sign-in");
  opened.assertNoFault();
  await opened.close();
});

test("a refusal is told in the language of the page", async () => {
  const opened = await browser.open({ url, key: null, locale: "fr" }, "/sign-in");
  opened.allow(/401/);
  const { page } = opened;
  await page.getByLabel("Clé", { exact: true }).fill("skv2_development_nothing_here");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "La clé n’est pas acceptée." }).waitFor();
  assert.equal(await page.getByRole("alert").locator("[lang=en]").count(), 0);
  opened.assertNoFault();
  await opened.close();
});

const FOREIGN = [
  "//example.com",
  "https://example.com/",
  "/\\example.com",
  "\\\\example.com",
  "javascript:alert(1)",
  "/\t/example.com",
  "///example.com",
  "%2f%2fexample.com",
];
for (const returnTo of FOREIGN) {
  test(`after the sign-in, returnTo ${JSON.stringify(returnTo)} does not lead away from the console`, async () => {
    const opened = await browser.open({ url, key: null }, `/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    const { page } = opened;
    await page.getByLabel("Key", { exact: true }).fill(world.adminKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation").waitFor();
    assert.equal(new URL(page.url()).origin, new URL(url).origin);
    opened.assertNoFault();
    await opened.close();
  });
}

test("a session that ends while a page is open is asked for over the page, which stays as it was", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks/new`);
  opened.allow(/401/);
  const { page, context } = opened;
  const field = page.getByLabel(/^URL/).first();
  await field.fill("http://127.0.0.1:9/kept");
  await context.clearCookies();
  await page.locator("form button[type=submit]").last().click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Key", { exact: true }).fill(world.adminKey);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await field.inputValue(), "http://127.0.0.1:9/kept");
  opened.assertNoFault();
  await opened.close();
});

test("signing out ends the session on the server, and the pages ask for a key again", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks`);
  const { page, context } = opened;
  const cookies = await context.cookies();
  assert.equal(cookies.filter(({ httpOnly, sameSite }) => httpOnly && sameSite === "Strict").length, 1);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Key", { exact: true }).waitFor();
  await context.addCookies(cookies);
  const answer = await context.request.get(`${url}/v4/session`, { headers: { "sec-fetch-site": "same-origin" } });
  assert.equal(answer.status(), 401);
  opened.assertNoFault();
  await opened.close();
});
