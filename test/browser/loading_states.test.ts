/**
 * Every screen while it loads. What comes later (the answers of the API, the scripts that are wanted only then) is held back
 * and let go in waves, so that each state on the way stands still, and axe looks at it. The end of the way is looked at with
 * its colours, in all four looks, by other files.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertStructureAccessible } from "./support/axe.ts";
import { closureOf, ENTRY, MANIFEST, SCREEN_CHUNKS } from "./support/build_manifest.ts";
import { startBrowser } from "./support/console_page.ts";
import { SCREENS } from "./support/screens.ts";
import { startShownWorld } from "./support/world.ts";

const world = await startShownWorld();
const browser = await startBrowser();
const { url } = world.server;
const keys = { tenant: world.adminKey, operator: world.operatorKey };
/** Without them there is no screen. */
const AT_ONCE = new Set([...closureOf([...ENTRY, ...SCREEN_CHUNKS])].map((key) => `/${MANIFEST[key]?.file ?? ""}`));
/** A page is complete after so many waves of answers; more would be one that does not end. */
const WAVES_MAX = 12;

function comesLater({ pathname }: URL): boolean {
  if (pathname.startsWith("/v4/")) return pathname !== "/v4/session";
  return /^\/assets\/.+\.js$/.test(pathname) && !AT_ONCE.has(pathname);
}

// Most of the time is spent on seeing that nothing moves any more.
describe("while it loads", { concurrency: 3 }, () => {
  for (const { name, key, path, ready } of SCREENS) {
    test(`${name} has no violation at any moment, and nothing of it loads for ever`, async () => {
      const opened = await browser.open({ url, key: key === null ? null : keys[key] }, null);
      await opened.requests.hold(comesLater);
      await opened.start(path(world));
      let seen = "";
      for (let wave = 1; wave <= WAVES_MAX; wave++) {
        await opened.settled();
        const shown = await opened.page.locator("body").innerHTML();
        if (shown !== seen) await assertStructureAccessible(opened.page, `${name}, before wave ${wave}`);
        seen = shown;
        if (opened.requests.heldCount === 0) break;
        await opened.requests.release();
      }
      await opened.page.locator(ready).first().waitFor();
      assert.equal(await opened.page.getByRole("status", { name: "Loading…" }).count(), 0);
      opened.assertNoFault();
      await opened.close();
    });
  }
});
