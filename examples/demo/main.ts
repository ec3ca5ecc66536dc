/**
 * `npm run demo`: one complete signature flow, for real. Starts a server on a temporary database and a receiver written
 * as the webhooks guide shows, publishes the eight messages of a signature, makes the receiver fail once, resends, and
 * checks every event's history. Exits 0 only if every event ended as expected. Leaves nothing behind.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IgnisignClient } from "@ignisign/node";
import { checkOutcome } from "./checks.ts";
import { FAILING_ACTION, SIGNATURE_FLOW } from "./flow.ts";
import { setUpApplication } from "./operator.ts";
import { startReceiver } from "./receiver.ts";
import { startServer } from "./server.ts";
import { Timeline } from "./timeline.ts";
import { settledEvent } from "./waiting.ts";

const DEMO_MS_MAX = 120_000;
const APP_ENV = "DEVELOPMENT";

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.once(name, () => stop.abort(new Error(`Stopped by ${name}.`)));
const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(DEMO_MS_MAX)]);
const timeline = new Timeline(process.stdout);
/** What has to be undone, the last thing first; each is told to the timeline by itself. */
const cleanUp: (() => Promise<void>)[] = [];

let faults: string[];
try {
  faults = await playSignatureFlow();
} catch (error) {
  faults = [told(signal.aborted ? signal.reason : error)];
}
for (const undo of cleanUp.toReversed()) {
  try {
    await undo();
  } catch (error) {
    faults.push(told(error));
  }
}
timeline.verdict(faults);
process.exitCode = faults.length === 0 ? 0 : 1;

async function playSignatureFlow(): Promise<string[]> {
  timeline.title("Ignisign webhooks: one signature, from the signer to the proof");

  timeline.chapter("Set up");
  const folder = await mkdtemp(join(tmpdir(), "ignisign-demo-"));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  const adminKey = randomBytes(24).toString("base64url");
  const server = await startServer({ folder, adminKey, signal });
  cleanUp.push(async () => {
    await server.stop();
    timeline.step("server", "stopped, with nothing left to do");
  });
  timeline.step("server", `ready at ${server.url}, on a temporary database`);

  const { appId, tenantKey, platformKey } = await setUpApplication({
    serverUrl: server.url,
    adminKey,
    appEnv: APP_ENV,
  });
  timeline.step("operator", `made ${appId} with a key for its owner and one for the platform`);
  const owner = new IgnisignClient({ appId, appEnv: APP_ENV, apiKey: tenantKey, serverUrl: server.url });
  const platform = new IgnisignClient({ apiKey: platformKey, serverUrl: server.url });

  const receiver = await startReceiver({ ignisign: owner, failOnce: FAILING_ACTION });
  cleanUp.push(() => receiver.stop());
  timeline.step("receiver", `listens at ${receiver.url}`);
  const { data: webhook } = await owner.client.applicationsV4.addWebhookEndpoint(appId, APP_ENV, {
    url: receiver.url,
    description: "Webhook for signature events",
    retrySchedule: [],
  });
  receiver.useSecret(webhook.secret);
  timeline.step("webhook", `${webhook._id} registered, resent by hand only`);

  timeline.chapter("The signature");
  const eventIds: string[] = [];
  for (const message of SIGNATURE_FLOW) {
    const { data: published } = await platform.client.messagesV4.publish(appId, APP_ENV, message, {
      idempotencyKey: `demo-${message.topic}-${message.action}`,
    });
    const eventId = published.events[0]?._id;
    if (eventId === undefined) throw new Error(`publishing ${message.topic} ${message.action} made no event`);
    eventIds.push(eventId);
    const event = await settledEvent({ ignisign: owner, webhookId: webhook._id, eventId, signal });
    timeline.delivery(event, receiver.receivedOf(eventId));
    if (event.status !== "FAILED") continue;
    await owner.client.webhooksV4.resendEvent(webhook._id, eventId);
    timeline.step("owner", "sees FAILED in the history, mends the receiver, and resends");
    timeline.delivery(
      await settledEvent({ ignisign: owner, webhookId: webhook._id, eventId, signal }),
      receiver.receivedOf(eventId),
    );
  }

  timeline.chapter("The history");
  return checkOutcome({ ignisign: owner, webhookId: webhook._id, eventIds, receiver, timeline });
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "TimeoutError" ? `The demo took longer than ${DEMO_MS_MAX / 1000} s.` : error.message;
}
