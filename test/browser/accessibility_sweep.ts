/** Axe on every screen, in one language and one scheme: the languages and schemes are files of their own, run in parallel. */
import { test } from "node:test";
import { assertAccessible } from "./support/axe.ts";
import { startBrowser } from "./support/console_page.ts";
import { SCREENS } from "./support/screens.ts";
import { startWorld } from "./support/world.ts";

/** Registers a test for each screen. */
export async function sweepAccessibility(look: { scheme: "light" | "dark"; locale: "en" | "fr" }): Promise<void> {
  const world = await startWorld();
  const browser = await startBrowser();
  const keys = { tenant: world.adminKey, operator: world.operatorKey };
  for (const { name, path, ready, key } of SCREENS) {
    test(`${name} has no violation in ${look.locale}, ${look.scheme}, and no error in the browser`, async () => {
      const options = { url: world.server.url, key: key === null ? null : keys[key], ...look };
      const opened = await browser.open(options, path(world));
      await opened.page.locator(ready).first().waitFor();
      // What is on its way to it is looked at by a test of its own, which holds each of those states still.
      await opened.settled();
      await assertAccessible(opened.page, `${name}, ${look.locale}, ${look.scheme}`);
      opened.assertNoFault();
      await opened.close();
    });
  }
}
