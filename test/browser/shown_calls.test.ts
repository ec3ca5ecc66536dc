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

test("for selected webhooks the calls of each are shown, and those that make them take a topic", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks`);
  const { page } = opened;
  const ids = [world.webhooks.paused, world.webhooks.healthy];
  const select = async () => {
    for (const hasText of ["Staging copy", "Contract archive"]) {
      await page.locator("main tbody tr", { hasText }).getByRole("checkbox").check();
    }
  };
  await select();
  const bar = page.getByRole("region", { name: "Actions for the selected webhooks" });
  await bar.getByRole("button", { name: "API call" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`/v4/webhooks/${ids[0]}`).waitFor();
  const toggles = await dialog.innerText();
  assert.ok(ids.every((id) => toggles.includes(`/v4/webhooks/${id}`)));
  assert.deepEqual([...toggles.matchAll(/"isDisabled":\s*(true|false)/g)].map(([, value]) => value).toSorted(), [
    "false",
    "true",
  ]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await world.tenant.must(200, "PUT", `/v4/webhooks/${ids[0]}`, { disabledTopics: ["APP"] });
  await page.reload();
  await select();
  await bar.getByRole("button", { name: "Add topic" }).click();
  await dialog.getByLabel("Topic").selectOption("APP");
  await dialog.getByRole("button", { name: "API call" }).click();
  const calls = page.getByRole("dialog", { name: "The API call behind this" });
  await calls.getByText(`/v4/webhooks/${ids[0]}`).waitFor();
  assert.ok(!(await calls.innerText()).includes(`/v4/webhooks/${ids[1]}`), "the other takes the topic already");
  opened.assertNoFault();
  await opened.close();
});
