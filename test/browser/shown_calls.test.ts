/** "Every button maps to a documented call, and the console can show it": where the buttons are in menus. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "./support/console_page.ts";
import { startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

/** The menu of a webhook's own page, and that of its line in the list. */
const MENUS = [
  { place: "page", path: `${world.home}/webhooks/${world.webhooks.paused}`, button: "More actions" },
  { place: "line in the list", path: `${world.home}/webhooks?q=paused`, button: /^Actions/ },
];
for (const { place, path, button } of MENUS) {
  test(`the menu of a webhook's ${place} shows the calls to enable and to delete it`, async () => {
    const opened = await browser.open({ url, key: world.adminKey }, path);
    const { page } = opened;
    const opener = page.getByRole("button", { name: button }).first();
    await opener.click();
    await page.getByRole("menuitem", { name: "API calls" }).click();
    const dialog = page.getByRole("dialog");
    const ofWebhook = `${url}/v4/webhooks/${world.webhooks.paused}`;
    await dialog.getByText(`curl -X DELETE '${ofWebhook}'`).waitFor();
    const text = await dialog.innerText();
    assert.match(text, /-X PUT|-X PATCH/);
    assert.match(text, /\{\s*"isDisabled":\s*false\s*\}/);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    opened.assertNoFault();
    await opened.close();
  });
}
