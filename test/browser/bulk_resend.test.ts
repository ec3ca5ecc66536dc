import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "../e2e/support/api_server.ts";
import { assertAccessible } from "./support/axe.ts";
import { startBrowser } from "./support/console_page.ts";
import { publish, register, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

type Job = {
  _id: string;
  kind: string;
  status: string;
  queued: number;
  skipped: number;
  passed: number;
  failed: number;
};

async function jobs(): Promise<Job[]> {
  return (await world.tenant.must(200, "GET", `${world.base}/jobs`)).json["items"] as Job[];
}

async function openDialog() {
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/jobs`);
  await opened.page.getByRole("button", { name: "Resend events…" }).click();
  const dialog = opened.page.getByRole("dialog", { name: "Resend events" });
  await dialog.waitFor();
  return { opened, page: opened.page, dialog };
}

/** Nothing is answered until the function that it gives is called: a job cannot end, however slow the page is. */
function holdAnswers(): () => void {
  const previous = world.receiver.behave;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  world.receiver.behave = async (received, response) => {
    await released;
    await previous(received, response);
  };
  return () => {
    world.receiver.behave = previous;
    release();
  };
}

async function startedJob(page: Page): Promise<Job> {
  await page.waitForURL(/\/jobs\/job_/);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const job = (await jobs()).find(({ _id }) => _id === id);
  assert.ok(job !== undefined, `no job ${id}`);
  return job;
}

test("a double click starts one job, which goes on when the window is closed", async () => {
  const { opened, page, dialog } = await openDialog();
  await dialog.getByText(/^25 events to send/).waitFor();
  await dialog.getByText(/^\d+ skipped: their endpoint is disabled/).waitFor();
  const release = holdAnswers();
  await dialog.getByLabel("Events a second").fill("5");
  await assertAccessible(page, "the dialog of a bulk resend");
  await dialog.getByRole("button", { name: "Resend 25 events" }).dblclick();
  const started = await startedJob(page);
  assert.equal((await jobs()).length, 1);
  await page.getByText("Running", { exact: true }).waitFor();
  await page.getByRole("progressbar", { name: "Progress of the job" }).waitFor();
  await assertAccessible(page, "a running job");
  opened.assertNoFault();
  await opened.close();
  release();
  const [done] = await eventually(jobs, ([job]) => job?.status === "DONE" && job.failed === 25);
  assert.equal(done?._id, started._id);
});

test("a job is paused, resumed and cancelled on its page, and says how far it is", async () => {
  const { opened, page, dialog } = await openDialog();
  const release = holdAnswers();
  await dialog.getByLabel("Events a second").fill("1");
  await dialog.getByRole("button", { name: /^Resend \d+ events/ }).click();
  const { _id } = await startedJob(page);
  const statusIs = (status: string) => eventually(jobs, (all) => all.find((job) => job._id === _id)?.status === status);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused", { exact: true }).waitFor();
  await statusIs("PAUSED");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Running", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Cancel the job" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the job" }).click();
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await statusIs("CANCELLED");
  release();
  await page.getByText(/^\d+ of \d+ \(/).waitFor();
  opened.assertNoFault();
  await opened.close();
});

test("the failures of a job lead to their events, and are run again as a new job", async () => {
  const failed = (await jobs()).find((job) => job.failed === 25);
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/jobs/${failed?._id}`);
  const { page } = opened;
  const link = page.locator("main tbody a").first();
  assert.match((await link.getAttribute("href")) ?? "", /\/webhooks\/whk_\w+\/events\/evt_\w+$/);
  const previous = world.receiver.behave;
  world.receiver.behave = (_received, response) => void response.writeHead(200).end();
  await page.getByRole("button", { name: "Re-run failures" }).click();
  await page.waitForURL(
    (address) => /\/jobs\/job_/.test(address.pathname) && !address.pathname.endsWith(failed?._id ?? ""),
  );
  await page.getByText("25 passed", { exact: true }).waitFor();
  await page.getByText("Nothing has failed").waitFor();
  world.receiver.behave = previous;
  opened.assertNoFault();
  await opened.close();
});

test("what a webhook missed before it was there is counted and sent to it", async () => {
  await publish(world, "SIGNER", "CREATED", { signerId: "signer-before" });
  const webhookId = await register(world, `${world.receiver.url}/late`);
  const { opened, page, dialog } = await openDialog();
  await dialog.getByLabel("What was never delivered since").click();
  assert.ok(await dialog.getByRole("button", { name: "Resend", exact: true }).isDisabled());
  await dialog.getByLabel("Webhook", { exact: false }).selectOption(webhookId);
  await dialog.getByText(/^26 events to send/).waitFor();
  await dialog.getByLabel("Events a second").fill("1000");
  await dialog.getByRole("button", { name: "Resend 26 events" }).click();
  assert.equal((await startedJob(page)).kind, "REPLAY");
  await page.getByText("26 passed", { exact: true }).waitFor();
  opened.assertNoFault();
  await opened.close();
});
