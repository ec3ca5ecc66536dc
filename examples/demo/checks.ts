/** Did every event end as expected? Each check is printed; the failed ones are returned. */
import { isDeepStrictEqual } from "node:util";
import type { IgnisignClient, WebhookEventDetails } from "@ignisign/node";
import { FAILING_ACTION, SIGNATURE_FLOW } from "./flow.ts";
import type { DemoReceiver } from "./receiver.ts";
import type { Timeline } from "./timeline.ts";

type Outcome = {
  ignisign: IgnisignClient;
  webhookId: string;
  /** In the order of the flow. */
  eventIds: readonly string[];
  receiver: DemoReceiver;
  timeline: Timeline;
};

/** Compares the history of every event with the flow. */
export async function checkOutcome({ ignisign, webhookId, eventIds, receiver, timeline }: Outcome): Promise<string[]> {
  const { webhooksV4 } = ignisign.client;
  const faults: string[] = [];
  const check = (text: string, isTrue: boolean): void => {
    timeline.check(text, isTrue);
    if (!isTrue) faults.push(`Not true: ${text}.`);
  };

  const events: WebhookEventDetails[] = [];
  for (const eventId of eventIds) events.push((await webhooksV4.getEvent(webhookId, eventId)).data);
  const failing = events.filter((event) => event.action === FAILING_ACTION);
  const others = events.filter((event) => event.action !== FAILING_ACTION);
  const receivedAll = eventIds.flatMap((eventId) => receiver.receivedOf(eventId));

  check(
    `all ${SIGNATURE_FLOW.length} events are SUCCESS, with nothing due`,
    events.length === SIGNATURE_FLOW.length &&
      events.every((event) => event.status === "SUCCESS" && event.nextAttemptAt === null),
  );
  check(
    `${others.length} of them took one attempt`,
    others.every((event) => isHistory(event, ["AUTO 200"])),
  );
  check(
    `${FAILING_ACTION} took two: 500, then 200 by a resend`,
    failing.length === 1 && failing.every((event) => isHistory(event, ["AUTO 500", "RESEND 200"])),
  );
  check(
    "the receiver got what was published, once for each attempt",
    events.every((event, at) => {
      const received = receiver.receivedOf(event._id);
      const published = SIGNATURE_FLOW[at]?.content;
      return (
        received.length === event.attempts.length &&
        received.every(({ content }) => isDeepStrictEqual(content, published))
      );
    }),
  );
  check(
    "every token was valid, and every POST signed",
    receivedAll.every((one) => one.isTokenValid && one.isSigned),
  );

  const [first] = receivedAll;
  const again = first === undefined || (await ignisign.tokens.checkConsumeWebhook({ token: first.token }));
  check("a token that was checked is not valid a second time", !again);

  const { data: list } = await webhooksV4.getEvents(webhookId, { filter: "PASSED" });
  const { data: webhook } = await webhooksV4.getWebhook(webhookId);
  check(
    "the webhook counts 8 successes and no failure",
    list.searchData.total === SIGNATURE_FLOW.length &&
      isDeepStrictEqual(webhook.stats, { pending: 0, success: SIGNATURE_FLOW.length, failed: 0 }),
  );
  return faults;
}

function isHistory(event: WebhookEventDetails, expected: readonly string[]): boolean {
  const history = event.attempts.map(
    (attempt) => `${attempt.trigger} ${attempt.response?.status ?? attempt.error?.code}`,
  );
  return isDeepStrictEqual(history, expected) && event.attemptCount === expected.length;
}
