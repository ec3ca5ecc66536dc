import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../e2e/support/api_server.ts";
import { startBrowser } from "./support/console_page.ts";
import { publish, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

test("failed events are sent again together: counted first, then followed to the end on the job's page", async () => {
  const opened = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${world.webhooks.failing}?filter=failed`,
  );
  const { page } = opened;
  await page.locator("main tbody tr").first().waitFor();
  const counted = (await world.tenant.must(200, "GET", `/v4/webhooks/${world.webhooks.failing}/events?filter=FAILED`))
    .json["searchData"] as { total: number };
  const previous = world.receiver.behave;
  world.receiver.behave = (_received, response) => void response.writeHead(200).end();
  await page
    .getByRole("button", { name: /^Resend…/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(String(counted.total), { exact: false }).first().waitFor();
  await dialog.getByRole("button", { name: /^Resend \d+/ }).click();
  await page.waitForURL(/\/jobs\/job_/);
  await page.getByText("Done").first().waitFor();
  world.receiver.behave = previous;
  const stats = (await world.tenant.must(200, "GET", `/v4/webhooks/${world.webhooks.failing}`)).json["stats"];
  assert.equal((stats as { failed: number }).failed, 0);
  opened.assertNoFault();
  await opened.close();
});

test("the live feed shows what is published while it is open, and pauses", async () => {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/live`);
  const { page } = opened;
  const log = page.getByRole("log");
  await log.waitFor();
  await eventually(
    async () => {
      await publish(world, "SIGNER", "CREATED", { signerId: "signer-live" });
      return log.getByText("CREATED").count();
    },
    (count) => count > 0,
  );
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  opened.assertNoFault();
  await opened.close();
});
