import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../e2e/support/api_server.ts";
import type { ConsolePage } from "./support/console_page.ts";
import { DESKTOP, PHONE, startBrowser } from "./support/console_page.ts";
import { FAILURE_BODY, register, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

/** Goes to the Webhooks section by the navigation, as the guide says. */
async function toWebhooks({ page }: ConsolePage): Promise<void> {
  await page.getByRole("heading", { level: 1 }).waitFor();
  const burger = page.getByRole("button", { name: "Open the navigation" });
  if (await burger.isVisible()) await burger.click();
  await page.getByRole("navigation").getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
}

async function toWebhook(opened: ConsolePage, endpoint: string): Promise<void> {
  await toWebhooks(opened);
  await opened.page.getByRole("link", { name: endpoint }).first().click();
  await opened.page.getByRole("heading", { level: 1 }).filter({ hasText: endpoint }).waitFor();
}

async function webhook(id: string): Promise<Record<string, unknown>> {
  return (await world.tenant.must(200, "GET", `/v4/webhooks/${id}`)).json;
}

for (const [device, viewport] of [
  ["a desktop", DESKTOP],
  ["a phone", PHONE],
] as const) {
  test(`on ${device}, "Add Webhook Endpoint" registers a URL with a description and chosen topics`, async () => {
    const opened = await browser.open({ url, key: world.adminKey, viewport }, `${world.home}/overview`);
    const { page } = opened;
    await toWebhooks(opened);
    await page.getByRole("link", { name: "Add Webhook Endpoint" }).first().click();
    const target = `${world.receiver.url}/added-${viewport.width}`;
    await page.getByLabel(/^URL/).first().fill(target);
    await page
      .getByLabel(/^Description/)
      .first()
      .fill("Added by hand");
    await page.getByRole("treeitem", { name: /^SIGNATURE_PROFILE/ }).uncheck();
    await page.getByRole("button", { name: "Add Webhook Endpoint" }).click();
    await page
      .getByText(/whsec_[\w+/=]{20}/)
      .first()
      .waitFor();
    const list = await world.tenant.must(200, "GET", `${world.base}/webhooks`);
    const added = (list.json as unknown as Record<string, unknown>[]).find((each) => each["url"] === target);
    assert.equal(added?.["description"], "Added by hand");
    assert.deepEqual(added?.["disabledTopics"], ["SIGNATURE_PROFILE"]);
    opened.assertNoFault();
    await opened.close();
  });

  test(`on ${device}, "Disable Webhook" pauses an endpoint and "Enable Webhook" resumes it`, async () => {
    const endpoint = `${world.receiver.url}/switch-${viewport.width}`;
    const id = await register(world, endpoint);
    const opened = await browser.open({ url, key: world.adminKey, viewport }, `${world.home}/overview`);
    const { page } = opened;
    await toWebhook(opened, endpoint);
    await page.getByRole("button", { name: "Disable Webhook" }).click();
    await eventually(
      () => webhook(id),
      ({ isDisabled }) => isDisabled === true,
    );
    await page.getByRole("button", { name: "Enable Webhook" }).first().click();
    await eventually(
      () => webhook(id),
      ({ isDisabled }) => isDisabled === false,
    );
    await page.getByRole("button", { name: "Disable Webhook" }).waitFor();
    opened.assertNoFault();
    await opened.close();
  });

  test(`on ${device}, "Manage Topics", unchecking and "Save" disable topics`, async () => {
    const endpoint = `${world.receiver.url}/topics-${viewport.width}`;
    const id = await register(world, endpoint);
    const opened = await browser.open({ url, key: world.adminKey, viewport }, `${world.home}/overview`);
    const { page } = opened;
    await toWebhook(opened, endpoint);
    await page.getByRole("link", { name: "Manage Topics" }).first().click();
    await page.getByRole("treeitem", { name: /^SIGNER(?!_)/ }).uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await eventually(
      () => webhook(id),
      ({ disabledTopics }) => JSON.stringify(disabledTopics) === '["SIGNER"]',
    );
    opened.assertNoFault();
    await opened.close();
  });

  test(`on ${device}, events are filtered by All, Passed and Failed, and one shows its request and response`, async () => {
    const endpoint = `${world.receiver.url}/failing`;
    const opened = await browser.open({ url, key: world.adminKey, viewport }, `${world.home}/overview`);
    const { page } = opened;
    await toWebhook(opened, endpoint);
    for (const name of ["All", "Passed", "Failed"]) {
      await page.getByRole("tab", { name: new RegExp(`^${name}`) }).click();
      await page.waitForURL((address) => (address.searchParams.get("filter") ?? "all") === name.toLowerCase());
      await page.getByRole("tab", { name: new RegExp(`^${name}`), selected: true }).waitFor();
    }
    await opened.settled();
    await page.locator("main tbody tr").filter({ hasText: "SIGNATURE" }).first().click();
    const details = page.getByRole("dialog");
    await details.getByRole("heading", { name: "Request", exact: true }).waitFor();
    await details.getByRole("heading", { name: "Response", exact: true }).waitFor();
    await details.getByText("verificationToken").first().waitFor();
    await details.getByText("database is down").first().waitFor();
    opened.assertNoFault();
    await opened.close();
  });

  test(`on ${device}, a failed event is found by the filter "Failed" and sent again by "Resend"`, async () => {
    const path = `/mended-${viewport.width}`;
    const endpoint = `${world.receiver.url}${path}`;
    const previous = world.receiver.behave;
    world.receiver.behave = (received, response) => {
      if (received.path === path) response.writeHead(500).end(FAILURE_BODY);
      else void previous(received, response);
    };
    const id = await register(world, endpoint);
    await world.platform.must(201, "POST", `${world.base}/messages`, {
      topic: "SIGNER",
      action: "CREATED",
      content: { signerId: "signer-resend" },
    });
    const read = async () => (await world.tenant.must(200, "GET", `/v4/webhooks/${id}/events`)).json["events"];
    const status = (events: unknown): unknown => (events as { status: string }[])[0]?.status;
    await eventually(read, (events) => status(events) === "FAILED");
    world.receiver.behave = previous;
    const opened = await browser.open({ url, key: world.adminKey, viewport }, `${world.home}/overview`);
    const { page } = opened;
    await toWebhook(opened, endpoint);
    await page.getByRole("tab", { name: /^Failed/ }).click();
    await page.getByRole("tab", { name: /^Failed/, selected: true }).waitFor();
    await opened.settled();
    await page.locator("main tbody tr").filter({ hasText: "SIGNER" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Resend" }).click();
    await eventually(read, (events) => status(events) === "SUCCESS");
    await page.getByRole("dialog").getByText("Passed").first().waitFor();
    opened.assertNoFault();
    await opened.close();
  });
}

test("no screen of the guide's paths scrolls sideways on a phone", async () => {
  const paths = [
    "webhooks",
    "webhooks/new",
    `webhooks/${world.webhooks.failing}`,
    `webhooks/${world.webhooks.failing}/topics`,
  ];
  for (const path of [...paths, `webhooks/${world.webhooks.failing}/events/${world.events.failed}`]) {
    const opened = await browser.open({ url, key: world.adminKey, viewport: PHONE }, `${world.home}/${path}`);
    await opened.page.getByRole("heading", { level: 1 }).waitFor();
    await opened.settled();
    const width = await opened.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= PHONE.width, `${path} is ${width} px wide`);
    await opened.close();
  }
});
