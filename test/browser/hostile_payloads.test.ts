import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../e2e/support/api_server.ts";
import type { ConsolePage } from "./support/console_page.ts";
import { startBrowser } from "./support/console_page.ts";
import { publish, register, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

const CORPUS = [
  "<script>globalThis.hacked = true</script>",
  '<img src=x onerror="globalThis.hacked = true">',
  '"><svg onload=globalThis.hacked=true>',
  "javascript:globalThis.hacked=true",
  "{{constructor.constructor('globalThis.hacked = true')()}}",
  "</textarea></title></style><script>globalThis.hacked = true</script>",
  "\u202Egnp.exe\u202C \u0000 \uFEFF \uD83D",
  '=HYPERLINK("http://127.0.0.1/","x")',
];
const text = CORPUS.join(" ");
const content = `{"signerId":"signer-evil","__proto__":{"isAdmin":true},"big":12345678901234567890,"note":${JSON.stringify(text)}}`;

world.receiver.behave = (_received, response) => {
  const headers = { "content-type": "text/html", "x-evil": "<img src=x onerror=globalThis.hacked=true>" };
  response.writeHead(500, headers).end(Buffer.concat([Buffer.from(text), Buffer.from([0, 255, 254, 128])]));
};
const webhookId = await register(world, `${world.receiver.url}/x?q=<script>hacked</script>`, { description: text });
await world.platform.must(
  201,
  "POST",
  `${world.base}/messages`,
  `{"topic":"SIGNER","action":"CREATED","content":${content}}`,
);
const eventId = await eventually(
  async () => (await world.tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events?filter=FAILED`)).json["events"],
  (events) => Array.isArray(events) && events.length > 0,
).then((events) => (events as { _id: string }[])[0]?._id ?? "");

/** Nothing of it became an element, ran, or was loaded. */
async function assertInert({ page }: ConsolePage): Promise<void> {
  const found = await page.evaluate(() => ({
    hacked: "hacked" in globalThis,
    polluted: "isAdmin" in {},
    elements: document.querySelectorAll("img[src=x], svg[onload], [onerror]").length,
    links: [...document.querySelectorAll("a[href]")].filter(
      (link) => !/^(https?:|\/|#)/.test(link.getAttribute("href") ?? ""),
    ).length,
  }));
  assert.deepEqual(found, { hacked: false, polluted: false, elements: 0, links: 0 });
}

const PLACES = [
  ["the event", `${world.home}/webhooks/${webhookId}/events/${eventId}`, "main .cm-content"],
  ["the list of events", `${world.home}/events?webhook=${webhookId}`, "main tbody tr"],
  ["the drawer", `${world.home}/events?event=${eventId}`, "[role=dialog] .cm-content"],
  ["the webhook", `${world.home}/webhooks/${webhookId}`, "main tbody tr"],
  ["the settings of the webhook", `${world.home}/webhooks/${webhookId}?tab=settings`, "main form"],
  ["the snippets of the webhook", `${world.home}/webhooks/${webhookId}?tab=snippets`, "main pre"],
  ["the list of webhooks", `${world.home}/webhooks`, "main tbody tr"],
  ["the audit log", `${world.home}/audit`, "main tbody tr"],
] as const;
for (const [name, path, ready] of PLACES) {
  test(`hostile text is text and nothing else in ${name}`, async () => {
    const opened = await browser.open({ url, key: world.adminKey }, path);
    await opened.page.locator(ready).first().waitFor();
    await assertInert(opened);
    opened.assertNoFault();
    await opened.close();
  });
}

test("numbers beyond 2^53 are shown as they were published", async () => {
  const opened = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${webhookId}/events/${eventId}`,
  );
  await opened.page.getByText("12345678901234567890").first().waitFor();
  await opened.close();
});

test("a line of 5 MB in an answer and a payload of 200 KB leave the page usable", async () => {
  world.receiver.behave = (_received, response) => void response.writeHead(500).end("x".repeat(5_000_000));
  const big = await publish(world, "SIGNER", "CREATED", { signerId: "signer-big", note: "y".repeat(200_000) });
  const found = await eventually(
    async () =>
      (await world.tenant.must(200, "GET", `${world.base}/events?search=${big}&webhookId=${webhookId}&filter=FAILED`))
        .json["events"],
    (events) => Array.isArray(events) && events.length > 0,
  );
  const id = (found as { _id: string }[])[0]?._id ?? "";
  const opened = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks/${webhookId}/events/${id}`);
  await opened.page.locator("main .cm-content").first().waitFor();
  await opened.page.keyboard.press("?");
  await opened.page.getByRole("dialog").waitFor();
  await assertInert(opened);
  opened.assertNoFault();
  await opened.close();
});
