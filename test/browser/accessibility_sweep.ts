/** Axe on every screen, in one language and both schemes; and none is wider than its window. The languages run in parallel. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { assertAccessibleInBothSchemes } from "./support/axe.ts";
import { sharedPages, startBrowser } from "./support/console_page.ts";
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
      assert.deepEqual(await opened.page.evaluate(cutOff), [], `${name}, ${locale}: what is out of sight`);
      await assertAccessibleInBothSchemes(opened.page, `${name}, ${locale}`);
      opened.assertNoFault();
    });
  }
}

/** In the page: buttons, links and fields that one has to scroll sideways for. A column of ids may be out of sight. */
function cutOff(): string[] {
  const reachable = [...document.querySelectorAll("main :is(a, button, input, select, textarea)")];
  return reachable
    .filter((element) => !element.closest("td")?.querySelector("a.mono") && element.checkVisibility())
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 200));
}
