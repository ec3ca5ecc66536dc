/** Fields of filters whose value is in the address: typing in them must never be disturbed by the address that follows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;
const key = world.adminKey;

test("what is typed into a search field stays while the address follows, letter by letter", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/events`);
  const { page } = opened;
  await opened.settled();
  const field = page.getByRole("searchbox", { name: "Search" });
  const text = "sr-of-nobody";
  // Each letter comes when the one before it is just being told.
  await field.pressSequentially(text, { delay: 210, timeout: 60_000 });
  assert.equal(await field.inputValue(), text);
  await page.waitForURL(({ searchParams }) => searchParams.get("q") === text);
  opened.assertNoFault();
  await opened.close();
});

test("a name of an actor is typed in one go, however slowly", async () => {
  const opened = await browser.open({ url, key }, `${world.home}/audit`);
  const { page } = opened;
  await opened.settled();
  const field = page.getByLabel("Actor", { exact: true });
  await field.focus();
  for (const part of ["con", "sole"]) {
    await page.keyboard.type(part);
    await page.waitForURL(({ searchParams }) => searchParams.get("actor")?.endsWith(part) === true);
    await opened.settled();
  }
  assert.equal(await field.inputValue(), "console");
  assert.equal(new URL(page.url()).searchParams.get("actor"), "console");
  opened.assertNoFault();
  await opened.close();
});

test("the rows of the audit log stay in their place as minutes go by", async () => {
  const opened = await browser.open({ url, key }, "/sign-in");
  const { page } = opened;
  await page.clock.install();
  await opened.open(`${world.home}/audit?range=24h`);
  const row = page.locator("main tbody tr").first();
  await row.waitFor();
  await opened.settled();
  await row.evaluate((element) => element.setAttribute("data-seen", "yes"));
  await page.clock.fastForward(200_000);
  await opened.settled();
  assert.equal(await page.locator("main tbody tr[data-seen]").count(), 1);
  opened.assertNoFault();
  await opened.close();
});

for (const { timezoneId, search, typed, at } of [
  { timezoneId: "Europe/Paris", search: "", typed: "05/03/202602:30PM", at: "2026-05-03T12:30:00.000Z" },
  { timezoneId: "Europe/Paris", search: "&tz=utc", typed: "05/03/202602:30PM", at: "2026-05-03T14:30:00.000Z" },
]) {
  test(`a time typed digit by digit is taken in the zone that the page shows: ${timezoneId}${search}`, async () => {
    const address = `${world.home}/events?from=2026-05-01T00:00:00.000Z${search}`;
    const opened = await browser.open({ url, key, timezoneId }, address);
    const { page } = opened;
    await opened.settled();
    const field = page.getByLabel("From", { exact: true });
    await field.focus();
    for (const character of typed) {
      await page.keyboard.type(character);
      await opened.settled();
    }
    assert.equal(await field.inputValue(), "2026-05-03T14:30");
    assert.equal(new URL(page.url()).searchParams.get("from"), at);
    opened.assertNoFault();
    await opened.close();
  });
}
