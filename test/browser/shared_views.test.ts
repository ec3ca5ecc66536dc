/** Views of the list of events that everybody in an environment shares: saved by one, found and deleted by another. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { assertAccessible } from "./support/axe.ts";
import { PHONE, startBrowser } from "./support/console_page.ts";
import { addTenant, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;
const VIEWS = `${world.base}/views`;

async function sharedNames(): Promise<string[]> {
  const { json } = await world.tenant.must(200, "GET", VIEWS);
  return (json["items"] as { name: string }[]).map(({ name }) => name);
}

/** Opens the list of events and the dialog that saves its filters. */
async function openSaving(page: Page, names: { menu: string; save: string }) {
  await page.getByRole("button", { name: names.menu, exact: true }).click();
  await page.getByRole("menuitem", { name: names.save }).click();
  const dialog = page.getByRole("dialog", { name: names.save });
  await dialog.waitFor();
  return dialog;
}

test("a view that one shares is found by another who signs in, beside his own, and deleted for both", async () => {
  const first = await browser.open({ url, key: world.adminKey }, `${world.home}/events?filter=failed&topic=SIGNATURE`);
  const english = { menu: "Views", save: "Save this view…" };
  let dialog = await openSaving(first.page, english);
  await dialog.getByLabel("Name").fill("  Broken signatures ");
  await dialog.getByRole("radio", { name: "Everybody in DEVELOPMENT" }).check();
  await assertAccessible(first.page, "saving a shared view");
  await dialog.getByRole("button", { name: "API call" }).click();
  const calls = first.page.getByRole("dialog", { name: "The API call behind this" });
  await calls.getByText("?filter=failed&topic=SIGNATURE").waitFor();
  await calls.getByRole("button", { name: "Close" }).click();
  await calls.waitFor({ state: "hidden" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual(await sharedNames(), ["Broken signatures"]);

  // The same name a second time is refused where it was typed; one's own view may have it.
  first.allow(/409/);
  dialog = await openSaving(first.page, english);
  await dialog.getByLabel("Name").fill("Broken signatures");
  await dialog.getByRole("radio", { name: "Everybody in DEVELOPMENT" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("There is a shared view of this name.").waitFor();
  await dialog.getByRole("radio", { name: "Me", exact: true }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  await first.page.getByRole("button", { name: "Views", exact: true }).click();
  for (const group of ["Mine", "Shared"]) {
    await first.page.getByRole("group", { name: group }).getByRole("menuitem", { name: "Broken signatures" }).waitFor();
  }
  await assertAccessible(first.page, "the menu of views with both groups");
  first.assertNoFault();
  await first.close();

  const second = await browser.open(
    { url, key: world.operatorKey, locale: "fr", viewport: PHONE },
    `${world.home}/events`,
  );
  const { page } = second;
  await page.getByRole("button", { name: "Vues", exact: true }).click();
  assert.equal(await page.getByRole("group", { name: "Les miennes" }).count(), 0);
  await page.getByRole("group", { name: "Partagées" }).getByRole("menuitem", { name: "Broken signatures" }).click();
  await page.waitForURL(({ search }) => search.includes("filter=failed") && search.includes("topic=SIGNATURE"));
  await page.getByRole("button", { name: "Vues", exact: true }).click();
  await page.getByRole("menuitem", { name: "Gérer les vues…" }).click();
  const manage = page.getByRole("dialog", { name: "Gérer les vues…" });
  await manage.getByRole("button", { name: "Retirer la vue Broken signatures" }).click();
  const confirm = page.getByRole("dialog", { name: "Supprimer cette vue partagée ?" });
  await confirm.getByText("« Broken signatures » disparaît pour tout le monde dans DEVELOPMENT.").waitFor();
  await assertAccessible(page, "deleting a shared view on a phone");
  await confirm.getByRole("button", { name: "Annuler" }).click();
  await confirm.waitFor({ state: "hidden" });
  assert.deepEqual(await sharedNames(), ["Broken signatures"], "nothing was confirmed");
  await manage.getByRole("button", { name: "Retirer la vue Broken signatures" }).click();
  await confirm.getByRole("button", { name: "Supprimer" }).click();
  await manage.getByText("Personne n’a partagé de vue dans cet environnement.").waitFor();
  assert.deepEqual(await sharedNames(), []);
  second.assertNoFault();
  await second.close();
});

test("as many views as there may be, with the longest names, fit a phone's window and are all within reach", async () => {
  const full = await addTenant(world.server);
  const name = (number: number): string => `${String(number).padStart(2, "0")} ${"W".repeat(57)}`;
  for (let number = 1; number <= 50; number++) {
    await full.tenant.must(201, "POST", `${full.base}/views`, { name: name(number), query: `?attempts=${number}` });
  }
  const opened = await browser.open({ url, key: full.adminKey, viewport: PHONE }, `${full.home}/events`);
  const { page } = opened;
  await page.getByRole("button", { name: "Views", exact: true }).click();
  const last = page.getByRole("menuitem", { name: name(50) });
  await last.waitFor();
  const menu = await page.getByRole("menu").boundingBox();
  assert.ok(menu !== null && menu.x >= 0 && menu.x + menu.width <= PHONE.width, JSON.stringify(menu));
  assert.ok(menu.y >= 0 && menu.y + menu.height <= PHONE.height, JSON.stringify(menu));
  await last.click();
  await page.waitForURL(/attempts=50/);
  opened.allow(/422/);
  const dialog = await openSaving(page, { menu: "Views", save: "Save this view…" });
  await dialog.getByLabel("Name").fill("one more");
  await dialog.getByRole("radio", { name: "Everybody in DEVELOPMENT" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("The environment has as many shared views as it may.").waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("who has no right to events is told so in place of the shared views", async () => {
  const { json } = await world.server.operator.must(201, "POST", `${world.base}/api-keys`, { scopes: ["webhooks"] });
  const opened = await browser.open({ url, key: String(json["apiKey"]) }, `${world.home}/events`);
  opened.allow(/403/);
  const { page } = opened;
  await page.getByRole("button", { name: "Views", exact: true }).click();
  await page
    .getByRole("group", { name: "Shared" })
    .getByText("Shared views need a key with the right to events")
    .waitFor();
  await page.keyboard.press("Escape");
  const dialog = await openSaving(page, { menu: "Views", save: "Save this view…" });
  assert.equal(await dialog.getByRole("radio", { name: "Everybody in DEVELOPMENT" }).isDisabled(), true);
  opened.assertNoFault();
  await opened.close();
});
