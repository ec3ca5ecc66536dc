import { test } from "node:test";
import assert from "node:assert/strict";
import { LEASED_EVENT } from "../../test/engine/leased_event.ts";
import { systemClock } from "../clock.ts";
import { DEFAULT_SETTINGS } from "../domain/webhook.ts";
import type { WebhookId } from "../ids.ts";
import { systemRandom } from "../random.ts";
import type { LeasedEvent } from "../store/delivery.ts";
import type { DeliverySettings } from "../store/webhooks.ts";
import { makeAttempt } from "./attempt.ts";

const WEBHOOK_ID = "whk_1" as WebhookId; // no store looks at it
const SETTINGS: DeliverySettings = {
  ...DEFAULT_SETTINGS,
  url: "https://receiver.example/",
  webhookId: WEBHOOK_ID,
  webhookNo: 1,
  tenant: 1,
  secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  isUnreadable: false,
  isDeleted: false,
};
const EVENT: LeasedEvent = { ...LEASED_EVENT, appEnv: "DEVELOPMENT" };

/** Makes an attempt whose sender must not be asked. */
async function failing(change: { event?: Partial<LeasedEvent>; settings?: Partial<DeliverySettings> }) {
  const { settlement } = await makeAttempt(
    {
      sender: {
        start: async () => undefined,
        send: () => assert.fail("something was sent"),
        stop: async () => undefined,
      },
      clock: systemClock,
      random: systemRandom,
      defaults: { timeoutMs: 5_000, retrySchedule: [1_000] },
    },
    { event: { ...EVENT, ...change.event }, settings: { ...SETTINGS, ...change.settings } },
  );
  return settlement;
}

test("an event whose webhook's secrets do not open fails where its customer sees it, and is tried again", async () => {
  const settlement = await failing({ settings: { isUnreadable: true, secrets: [], headers: [] } });
  assert.deepEqual([settlement.status, settlement.code], ["FAILED", "UNSENDABLE"]);
  assert.match(settlement.record.failure?.message ?? "", /headers and secrets.*cannot be read/);
  assert.notEqual(settlement.retryInMs, null);
  assert.equal(settlement.countsAsFailing, false, "it is not the endpoint's fault");
  assert.equal(settlement.record.requestHeaders, "[]");
});

test("an event whose content is gone fails without being sent", async () => {
  const settlement = await failing({ event: { content: null } });
  assert.deepEqual([settlement.status, settlement.code], ["FAILED", "CONTENT_ERASED"]);
});
