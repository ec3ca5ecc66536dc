/** Looks into the newest deliveries of the busiest endpoints: how long their certificate lives, and whether tokens are used. */
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import type { EndpointHealth } from "./attention.ts";
import { certificateEnd } from "./attention.ts";

type Webhook = Answer<"listWebhooks">[number];
type WebhookStats = Answer<"listWebhookStats">["items"][number];

/** So many endpoints are looked into, so that a page does not make hundreds of calls. */
const ENDPOINTS_MAX = 20;
const CALLS_AT_A_TIME = 4;
/** So many deliveries of an endpoint are looked at, while none has used its token. */
const DELIVERIES_MAX = 3;

/** Of enabled webhooks that something was sent to, the latest first. Throws ApiProblem. */
export async function readHealth(
  webhooks: readonly Webhook[],
  stats: readonly WebhookStats[],
  signal: AbortSignal,
): Promise<EndpointHealth[]> {
  const isEnabled = new Map(webhooks.map(({ _id, isDisabled }) => [_id, !isDisabled]));
  const waiting = stats
    .filter(({ webhookId, lastEvent }) => lastEvent !== null && isEnabled.get(webhookId) === true)
    .sort((a, b) => ((a.lastEvent?._updatedAt ?? "") < (b.lastEvent?._updatedAt ?? "") ? 1 : -1))
    .slice(0, ENDPOINTS_MAX);
  const found: EndpointHealth[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      found.push(await healthOf(next.webhookId, signal));
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_A_TIME }, worker));
  return found;
}

async function healthOf(webhookId: string, signal: AbortSignal): Promise<EndpointHealth> {
  const { events } = await call("listWebhookEvents", {
    path: { webhookId },
    query: { filter: "SUCCESS", test: "false", limit: DELIVERIES_MAX },
    signal,
  });
  const health: EndpointHealth = { webhookId, certificateValidTo: null, passed: 0, verified: 0 };
  for (const { _id: eventId } of events) {
    const { attempts } = await call("getWebhookEvent", { path: { webhookId, eventId }, signal });
    const last = attempts.at(-1);
    if (last === undefined) continue;
    health.passed++;
    health.certificateValidTo ??= certificateEnd(last);
    if (last.tokenConsumedAt === undefined) continue;
    health.verified++;
    break;
  }
  return health;
}
