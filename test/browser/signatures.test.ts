/** Choosing how a webhook is signed for, seeing its public key, and seeing which key signed what. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../e2e/support/api_server.ts";
import { assertAccessible } from "./support/axe.ts";
import { DESKTOP, PHONE, startBrowser } from "./support/console_page.ts";
import { publish, register, startWorld } from "./support/world.ts";

const world = await startWorld();
const browser = await startBrowser();
const { url } = world.server;

for (const [locale, viewport, texts] of [
  [
    "en",
    DESKTOP,
    { field: /^Signature/, save: "Save", key: "Public key", reveal: "Show the secret", only: /key pair alone/ },
  ],
  [
    "fr",
    PHONE,
    {
      field: /^Signature/,
      save: "Enregistrer",
      key: "Clé publique",
      reveal: "Montrer le secret",
      only: /sa seule paire de clés/,
    },
  ],
] as const) {
  test(`in ${locale}, the settings let a webhook ask for v1a, and then show its public key`, async () => {
    const id = await register(world, `${world.receiver.url}/signed-${locale}`);
    const page = await browser.open(
      { url, key: world.adminKey, viewport, locale },
      `${world.home}/webhooks/${id}?tab=settings`,
    );
    const field = page.page.getByLabel(texts.field);
    await field.selectOption("v1 v1a");
    await page.page.getByRole("button", { name: texts.save, exact: true }).click();
    await page.page.getByText(/whpk_[\w+/]{43}=/).waitFor();
    const { publicKey, signatureVersions } = (await world.tenant.must(200, "GET", `/v4/webhooks/${id}`)).json;
    assert.deepEqual(signatureVersions, ["v1", "v1a"]);
    await page.page.getByText(texts.key, { exact: true }).first().waitFor();
    await page.page.getByText(String(publicKey)).waitFor();
    assert.equal(await page.page.getByText(/whsec_[\w+/=]{20}/).count(), 0, "the secret stays hidden");
    await assertAccessible(page.page, `settings with a public key, ${locale}`);
    await page.page.getByRole("button", { name: texts.reveal }).click();
    await page.page.getByText(/whsec_[\w+/=]{20}/).waitFor();
    assert.equal(await page.page.getByText(String(publicKey)).count(), 2);

    await field.selectOption("v1a");
    await page.page.getByRole("button", { name: texts.save, exact: true }).click();
    await eventually(
      async () => (await world.tenant.must(200, "GET", `/v4/webhooks/${id}`)).json["signatureVersions"],
      (versions) => String(versions) === "v1a",
    );
    await page.open(`${world.home}/webhooks/${id}?tab=snippets`);
    await page.page.getByText(texts.only).waitFor();
    page.assertNoFault();
    await page.close();
  });
}

test("a new webhook that asks for v1a shows its public key in place of a secret that signs nothing", async () => {
  const page = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks/new`);
  await page.page.getByLabel(/^URL/).first().fill(`${world.receiver.url}/by-key`);
  await page.page.getByLabel(/^Signature/).selectOption("v1a");
  await page.page.getByRole("button", { name: "Add Webhook Endpoint" }).click();
  await page.page.getByText(/whpk_[\w+/]{43}=/).waitFor();
  assert.equal(await page.page.getByText(/whsec_[\w+/=]{20}/).count(), 0);
  await assertAccessible(page.page, "a new webhook with a public key");
  page.assertNoFault();
  await page.close();
});

test("a delivery tells that both the secret and the key pair signed it", async () => {
  const settings = { signatureVersions: ["v1", "v1a"] };
  const target = `${world.receiver.url}/both`;
  const id = await register(world, target, settings);
  await publish(world, "SIGNER", "CREATED", { signerId: "signer-1" });
  await world.receiver.until(1, ({ path }) => path === "/both");
  const { json } = await world.tenant.must(200, "GET", `/v4/webhooks/${id}/events`);
  const [event] = json["events"] as { _id: string }[];
  const page = await browser.open(
    { url, key: world.adminKey },
    `${world.home}/webhooks/${id}/events/${event?._id}?view=signature`,
  );
  await page.page.getByText(/^Secret \(v1\)/).waitFor();
  await page.page.getByText(/^Public key \(v1a\)/).waitFor();
  assert.equal(await page.page.getByText("signed it", { exact: true }).count(), 2);
  page.assertNoFault();
  await page.close();
});

test("the old secret is ended before its time, after a confirmation and only while there is one", async () => {
  const id = await register(world, `${world.receiver.url}/rotated`);
  const page = await browser.open({ url, key: world.adminKey }, `${world.home}/webhooks/${id}?tab=settings`);
  await page.page.getByRole("button", { name: "Rotate secret…" }).waitFor();
  const end = page.page.getByRole("button", { name: "End the old secret now…" });
  assert.equal(await end.count(), 0);
  const rotated = (await world.tenant.must(200, "POST", `/v4/webhooks/${id}/secret/rotate`)).json;
  await page.open(`${world.home}/webhooks/${id}?tab=settings`);
  await end.click();
  const dialog = page.page.getByRole("dialog");
  await dialog.getByText(/signed with the new secret/).waitFor();
  await assertAccessible(page.page, "ending the old secret");
  await dialog.getByRole("button", { name: "End the old secret" }).click();
  await page.page.getByText("The old secret signs nothing any more").first().waitFor();
  await end.waitFor({ state: "detached" });
  const { secrets } = (await world.tenant.must(200, "GET", `/v4/webhooks/${id}/secret`)).json;
  assert.deepEqual(
    (secrets as { secret: string }[]).map(({ secret }) => secret),
    [rotated["secret"]],
  );
  await page.open(`${world.home}/webhooks/${id}?tab=activity`);
  await page.page.getByText("Old secret ended").waitFor();
  page.assertNoFault();
  await page.close();
});
