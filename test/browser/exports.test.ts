/** Every list can be saved as a file. That of events, which has a progress, is tested with its list. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { startBrowser } from "./support/console_page.ts";
import { startShownWorld } from "./support/world.ts";

const world = await startShownWorld();
const browser = await startBrowser();
const { url } = world.server;

const { base, home, failedJob, webhooks } = world;
/** Where each list is, and the call of the API that has the same rows. */
const LISTS = [
  { name: "API keys", path: `${home}/keys`, rows: `${base}/api-keys` },
  { name: "jobs", path: `${home}/jobs`, rows: `${base}/jobs` },
  { name: "failures of a job", path: `${home}/jobs/${failedJob}`, rows: `${base}/jobs/${failedJob}/failures` },
  {
    name: "activity of a webhook",
    path: `${home}/webhooks/${webhooks.failing}?tab=activity`,
    rows: `${base}/audit-log?target=${webhooks.failing}`,
  },
];
for (const { name, path, rows } of LISTS) {
  test(`the list of ${name} is saved as CSV and as NDJSON, row for row as the API has it`, async () => {
    const opened = await browser.open({ url, key: world.adminKey }, path);
    const { page } = opened;
    const saved = async (form: string): Promise<string> => {
      await page.getByRole("button", { name: "Export" }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: form }).click(),
      ]);
      return readFile(await download.path(), "utf8");
    };
    await page.locator("main tbody tr").first().waitFor();
    const { json } = await world.server.operator.as(world.adminKey).must(200, "GET", rows);
    const expected = (json["items"] as { _id: string }[]).map(({ _id }) => _id);
    const lines = (await saved("As NDJSON")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { _id: string })._id),
      expected,
    );
    const csv = (await saved("As CSV")).trimEnd().split("\r\n");
    assert.equal(csv.length, expected.length + 1);
    assert.ok(expected.length > 0);
    opened.assertNoFault();
    await opened.close();
  });
}
