/** The first attempt of an event, as a worker holds it; tests change what they are about. */
import type { EventId, MessageId, WebhookId } from "../../src/ids.ts";
import type { LeasedEvent } from "../../src/store/delivery.ts";

/** Its ids have the form of none: no store looks at them. */
export const LEASED_EVENT: LeasedEvent = {
  id: "evt_1" as EventId,
  messageId: "msg_1" as MessageId,
  tenant: 1,
  appId: "appId_1",
  appEnv: "TEST",
  webhookId: "whk_1" as WebhookId,
  topic: "SIGNER",
  action: "CREATED",
  msgNature: "SUCCESS",
  content: "{}",
  error: null,
  isTest: false,
  status: "PENDING",
  attempt: 1,
  trigger: "AUTO",
  triggeredBy: null,
  retriesUsed: 0,
  isRepeat: false,
  dueAt: 0,
};
