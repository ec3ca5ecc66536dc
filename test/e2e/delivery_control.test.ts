/** What a receiver can ask for with a failure: that its webhook is disabled, or that one event is not tried again. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer({ RETRY_SCHEDULE: "1h" });
const receiver = await startReceiver();
receiver.behave = ({ path }, response) => {
  const [, status, control] = path.split("/");
  response.writeHead(Number(status), { "Webhook-Delivery": control }).end();
};

type Outcome = { status: unknown; lastCode: unknown; isDue: boolean; failure: unknown; disabledReason: unknown };

/** What becomes of an event, or a test, and its webhook when the receiver answers so. */
async function outcomeOf(answer: { status: number; control: string; isTest?: boolean }): Promise<Outcome> {
  const { tenant, platform, base } = await server.tenant();
  const url = `${receiver.url}/${answer.status}/${answer.control}`;
  const webhookId = String((await tenant.must(201, "POST", `${base}/webhooks`, { url })).json["_id"]);
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  const eventId = await (async (): Promise<string> => {
    if (answer.isTest === true)
      return String((await tenant.must(201, "POST", `/v4/webhooks/${webhookId}/test`, message)).json["_id"]);
    const { json } = await platform.must(201, "POST", `${base}/messages`, message);
    return (json["events"] as { _id: string }[])[0]?._id ?? "";
  })();
  const { json } = await eventually(
    () => tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events/${eventId}`),
    (event) => event.json["status"] !== "PENDING",
  );
  const webhook = await tenant.must(200, "GET", `/v4/webhooks/${webhookId}`);
  const [attempt] = json["attempts"] as { error?: { code: string } }[];
  return {
    status: json["status"],
    lastCode: json["lastCode"],
    isDue: json["nextAttemptAt"] !== null,
    failure: attempt?.error?.code,
    disabledReason: webhook.json["disabledReason"],
  };
}

test("webhook-delivery: disable with a failure ends the event and disables the webhook, but not for a test", async () => {
  const ended = { status: "FAILED", lastCode: "503", isDue: false, failure: "DISABLED_BY_RECEIVER" };
  assert.deepEqual(await outcomeOf({ status: 503, control: "Disable" }), { ...ended, disabledReason: "RECEIVER" });
  assert.deepEqual(await outcomeOf({ status: 503, control: "disable", isTest: true }), {
    ...ended,
    disabledReason: undefined,
  });
});

test("webhook-delivery: abort-message with a failure ends the event and leaves the webhook enabled", async () => {
  assert.deepEqual(await outcomeOf({ status: 400, control: "abort-message" }), {
    status: "FAILED",
    lastCode: "400",
    isDue: false,
    failure: "ABORTED_BY_RECEIVER",
    disabledReason: undefined,
  });
});

test("neither changes a success, and another value changes nothing", async () => {
  for (const control of ["disable", "abort-message"])
    assert.deepEqual(await outcomeOf({ status: 200, control }), {
      status: "SUCCESS",
      lastCode: "200",
      isDue: false,
      failure: undefined,
      disabledReason: undefined,
    });
  assert.deepEqual(await outcomeOf({ status: 500, control: "pause" }), {
    status: "FAILED",
    lastCode: "500",
    isDue: true,
    failure: "UNEXPECTED_STATUS",
    disabledReason: undefined,
  });
});
