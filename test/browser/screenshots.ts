/**
 * `npm run console:screenshots`: a picture of every screen, light and dark, in both languages, and on a phone.
 * They are put into `screenshots/`, or the folder of SCREENSHOTS_FOLDER.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { DESKTOP, PHONE, startBrowser } from "./support/console_page.ts";
import { SCREENS } from "./support/screens.ts";
import { startShownWorld } from "./support/world.ts";

const LOOKS = [
  { scheme: "light", locale: "en", viewport: DESKTOP, name: "" },
  { scheme: "dark", locale: "en", viewport: DESKTOP, name: "_dark" },
  { scheme: "light", locale: "fr", viewport: DESKTOP, name: "_fr" },
  { scheme: "light", locale: "en", viewport: PHONE, name: "_phone" },
] as const;

const folder = process.env["SCREENSHOTS_FOLDER"] ?? "screenshots";
mkdirSync(folder, { recursive: true });
const world = await startShownWorld();
const browser = await startBrowser();
const keys = { tenant: world.adminKey, operator: world.operatorKey };
for (const { name, path, ready, key } of SCREENS) {
  test(`pictures of ${name}`, async () => {
    for (const look of LOOKS) {
      const signedInWith = key === null ? null : keys[key];
      const opened = await browser.open({ url: world.server.url, key: signedInWith, ...look }, path(world));
      await opened.page.locator(ready).first().waitFor();
      await opened.settled();
      await opened.page.screenshot({ path: join(folder, `${name}${look.name}.png`) });
      await opened.close();
    }
  });
}
after(() => console.log(`Pictures of ${SCREENS.length} screens are in ${folder}/.`));
