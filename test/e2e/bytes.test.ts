/** Content goes byte for byte from the publisher into the POST and into every answer of the API. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ApiClient } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

const CONTENTS = [
  `{"signerId":"s","n":12345678901234567890,"e":1E400,"f":1.0}`,
  `{"signerId":"first","signerId":"second","signerId":"third"}`,
  `{ "z" : 1 ,\t"signerId":"s",\n "a":{"c":[ ], "b" : null} }`,
  String.raw`{"signerId":"\u0000\ud800\u00e9é😀\/","__proto__":{"x":1},"constructor":0}`,
];

test("big integers, repeated keys, odd order and spacing, and escapes survive from publish to POST and history", async (t) => {
  const server = new ServerProcess({ port: await freePort() });
  const receiver = new Receiver();
  t.after(async () => {
    await server.remove();
    await receiver.stop();
  });
  await receiver.start();
  await server.start();
  const { appId, base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  const webhook = await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  const webhookId = String(webhook.json["_id"]);
  const error = `{ "errorCode":"E1", "context":{"big":98765432109876543210} }`;
  for (const content of CONTENTS) {
    const seen = receiver.received.length;
    const body = `{"error":${error},"content":  ${content} , "topic":"SIGNER", "\\u0061ction":"CREATED"}`;
    const published = await platform.must(201, "POST", `${base}/messages`, body);
    assert(published.text.includes(`"content":${content}`), published.text);
    const messageId = String(published.json["_id"]);
    const [event] = published.json["events"] as { _id: string }[];
    assert(event !== undefined);
    const received = (await receiver.until(seen + 1))[seen];
    const expected =
      `{"appId":"${appId}","appEnv":"DEVELOPMENT","topic":"SIGNER","action":"CREATED","msgNature":"SUCCESS",` +
      `"content":${content},"error":${error},"verificationToken":"`;
    assert.equal(received?.body.slice(0, expected.length), expected);
    assert.match(received?.body.slice(expected.length) ?? "", /^wvt_[\w-]{88}"\}$/);

    const paths = [
      `${base}/messages/${messageId}`,
      `${base}/messages?limit=1`,
      `${base}/events/${event._id}`,
      `/v4/webhooks/${webhookId}/events/${event._id}`,
      `/v4/webhooks/${webhookId}/events?limit=1`,
    ];
    for (const path of paths) {
      const answer = await tenant.must(200, "GET", path);
      assert(answer.text.includes(`"content":${content}`), `${path}: ${answer.text}`);
      assert(answer.text.includes(`"error":${error}`), `${path}: ${answer.text}`);
    }
    const token = (JSON.parse(received?.body ?? "{}") as Record<string, unknown>)["verificationToken"];
    const check = await tenant.must(200, "POST", "/v4/tokens/webhook-verification/checking-consumption", {
      token,
      appId,
      appEnv: "DEVELOPMENT",
    });
    const { contentSha256 } = check.json["context"] as { contentSha256: string };
    assert.equal(contentSha256, createHash("sha256").update(content).digest("hex"));
  }
});
