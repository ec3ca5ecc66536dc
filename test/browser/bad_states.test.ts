/** Every screen when nothing can be read, when its key may not read it, and when there is nothing yet, in both schemes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAccessibleInBothSchemes } from "./support/axe.ts";
import { startBrowser } from "./support/console_page.ts";
import { SCREENS } from "./support/screens.ts";
import { startShownWorld } from "./support/world.ts";

const world = await startShownWorld();
const browser = await startBrowser();
const { url } = world.server;
const FAILURE = { code: "INTERNAL_ERROR", message: "Something broke.", requestId: "req_of_the_test" };
const OF_TENANTS = SCREENS.filter(({ key }) => key === "tenant");

describe("when nothing can be read", { concurrency: 3 }, () => {
  for (const screen of SCREENS.filter(({ key }) => key !== null)) {
    test(`${screen.name} tells what happened`, async () => {
      const key = screen.key === "operator" ? world.operatorKey : world.adminKey;
      const opened = await browser.open({ url, key, locale: "fr" }, null);
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
      await assertAccessibleInBothSchemes(opened.page, `${screen.name}, failed`);
      opened.assertNoFault();
      await opened.close();
    });
  }
});

/** The catalogue is everybody's, and a form is refused when it is sent. */
const OPEN_TO_ALL = new Set(["catalogue", "catalogue_action", "new_webhook"]);
const bare = await world.server.operator.must(201, "POST", `${world.base}/api-keys`, { scopes: ["tokens"] });
describe("for a key that may not read it", { concurrency: 3 }, () => {
  for (const { name, path } of OF_TENANTS) {
    test(`${name} shows nothing of it`, async () => {
      const opened = await browser.open({ url, key: String(bare.json["apiKey"]), locale: "fr" }, path(world));
      opened.allow(/403/);
      await opened.settled();
      const alerts = await opened.page.getByRole("alert").filter({ hasText: "Votre clé n’a pas le droit" }).count();
      assert.ok(alerts > 0 || OPEN_TO_ALL.has(name), await opened.page.locator("main").innerText());
      await assertAccessibleInBothSchemes(opened.page, `${name}, forbidden`);
      opened.assertNoFault();
      await opened.close();
    });
  }
});

const empty = await world.server.tenant();
const admin = await world.server.operator.must(201, "POST", `${empty.base}/api-keys`, {
  scopes: ["webhooks", "events", "tokens", "admin"],
});
describe("when there is nothing yet", { concurrency: 3 }, () => {
  for (const path of ["overview", "webhooks", "events", "live", "jobs", "catalogue", "keys", "audit", "settings"]) {
    test(`${path} says what belongs there`, async () => {
      const address = `/a/${empty.appId}/DEVELOPMENT/${path}`;
      const opened = await browser.open({ url, key: String(admin.json["apiKey"]), scheme: "dark" }, address);
      await opened.settled();
      assert.equal(await opened.page.getByRole("alert").count(), 0);
      await assertAccessibleInBothSchemes(opened.page, `${path}, empty`);
      opened.assertNoFault();
      await opened.close();
    });
  }
});
