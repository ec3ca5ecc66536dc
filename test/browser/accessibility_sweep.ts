/** Axe on every screen, in one language and both schemes; and none is wider than its window. The languages run in parallel. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { assertAccessibleInBothSchemes } from "./support/axe.ts";
import { sharedPages, startBrowser } from "./support/console_page.ts";
import { outOfSight } from "./support/out_of_sight.ts";
import { SCREENS } from "./support/screens.ts";
import { startShownWorld } from "./support/world.ts";

/** Registers a test for each screen. */
export async function sweepAccessibility(locale: "en" | "fr"): Promise<void> {
  const world = await startShownWorld();
  const browser = await startBrowser();
  const keys = { tenant: world.adminKey, operator: world.operatorKey };
  const pageOf = sharedPages(browser, (key: keyof typeof keys | null) => ({
    url: world.server.url,
    key: key === null ? null : keys[key],
    locale,
  }));
  for (const { name, path, ready, key } of SCREENS) {
    test(`${name} in ${locale} has no violation in either scheme, no error, and fits its window`, async () => {
      const opened = await pageOf(key);
      await opened.open(path(world));
      await opened.page.locator(ready).first().waitFor();
      // What is on its way to it is looked at by a test of its own, which holds each of those states still.
      await opened.settled();
      assert.deepEqual(await outOfSight(opened.page), [], `${name}, ${locale}: what is out of sight`);
      await assertAccessibleInBothSchemes(opened.page, `${name}, ${locale}`);
      opened.assertNoFault();
    });
  }
}
