/** The documented calls behind the details of an event and what can be done with it. */
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { useTenant } from "../../tenant.ts";
import type { ListedEvent } from "./event_model.ts";

/** A button and its dialog. `number` is the attempt that is shown, null without one. */
export function EventApiCalls({
  event,
  number,
}: {
  event: Pick<ListedEvent, "_id" | "webhookId" | "messageId">;
  number: number | null;
}) {
  const tenant = useTenant();
  const { _id: eventId, webhookId, messageId } = event;
  const path = { webhookId, eventId };
  const ofAttempt = { path: { ...path, number: String(number) } };
  return (
    <ApiCallButton
      id="getEvent"
      args={{ path: { ...tenant, eventId } }}
      also={[
        { id: "getWebhookEvent", args: { path } },
        { id: "getMessage", args: { path: { ...tenant, messageId } } },
        { id: "resendWebhookEvent", args: { path } },
        { id: "signWebhookRequest", args: { path } },
        ...(number === null ? [] : [{ id: "getAttemptSignature" as const, args: ofAttempt }]),
      ]}
    />
  );
}
