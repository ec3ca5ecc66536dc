/**
 * Every screen when nothing can be read, when its key may not read it, and when there is nothing yet. What takes the place of
 * the data is the same alert in the first two, so axe looks at the first in the light and at the second in the dark.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAccessible, assertAccessibleInBothSchemes } from "./support/axe.ts";
import { sharedPages, startBrowser } from "./support/console_page.ts";
import { SCREENS } from "./support/screens.ts";
import { startShownWorld } from "./support/world.ts";

const world = await startShownWorld();
const browser = await startBrowser();
const { url } = world.server;
const FAILURE = { code: "INTERNAL_ERROR", message: "Something broke.", requestId: "req_of_the_test" };
const OF_TENANTS = SCREENS.filter(({ key }) => key === "tenant");

const lightPageOf = sharedPages(browser, (key: string) => ({ url, key, locale: "fr" }));
describe("when nothing can be read", () => {
  for (const screen of SCREENS.filter(({ key }) => key !== null)) {
    test(`${screen.name} tells what happened`, async () => {
      const key = screen.key === "operator" ? world.operatorKey : world.adminKey;
      const opened = await lightPageOf(key);
      opened.allow(/500/);
      const isRead = ({ pathname }: URL): boolean => pathname.startsWith("/v4/") && pathname !== "/v4/session";
      await opened.page.route(isRead, (route) =>
        route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify(FAILURE) }),
      );
      await opened.start(screen.path(world));
      await opened.settled();
      // The live feed tries again by itself, and says that.
      const told = screen.name === "live" ? "En direct" : "req_of_the_test";
      await opened.page.locator("main").getByText(told).first().waitFor();
      await assertAccessible(opened.page, `${screen.name}, failed`);
      opened.assertNoFault();
      await opened.page.unrouteAll();
    });
  }
});

/** The catalogue is everybody's, and a form is refused when it is sent. */
const OPEN_TO_ALL = new Set(["catalogue", "catalogue_action", "new_webhook"]);
const bare = await world.server.operator.must(201, "POST", `${world.base}/api-keys`, { scopes: ["tokens"] });
const darkPageOf = sharedPages(browser, (key: string) => ({ url, key, locale: "fr", scheme: "dark" }));
describe("for a key that may not read it", () => {
  for (const { name, path } of OF_TENANTS) {
    test(`${name} shows nothing of it`, async () => {
      const opened = await darkPageOf(String(bare.json["apiKey"]));
      opened.allow(/403/);
      await opened.open(path(world));
      await opened.settled();
      const alerts = await opened.page.getByRole("alert").filter({ hasText: "Votre clé n’a pas le droit" }).count();
      assert.ok(alerts > 0 || OPEN_TO_ALL.has(name), await opened.page.locator("main").innerText());
      await assertAccessible(opened.page, `${name}, forbidden`);
      opened.assertNoFault();
    });
  }
});

const empty = await world.server.tenant();
const admin = await world.server.operator.must(201, "POST", `${empty.base}/api-keys`, {
  scopes: ["webhooks", "events", "tokens", "admin"],
});
const emptyPageOf = sharedPages(browser, (key: string) => ({ url, key, scheme: "dark" }));
describe("when there is nothing yet", () => {
  for (const path of ["overview", "webhooks", "events", "live", "jobs", "catalogue", "keys", "audit", "settings"]) {
    test(`${path} says what belongs there`, async () => {
      const address = `/a/${empty.appId}/DEVELOPMENT/${path}`;
      const opened = await emptyPageOf(String(admin.json["apiKey"]));
      await opened.open(address);
      await opened.settled();
      assert.equal(await opened.page.getByRole("alert").count(), 0);
      await assertAccessibleInBothSchemes(opened.page, `${path}, empty`);
      opened.assertNoFault();
    });
  }
});
