/** The address of an event's page. */
import type { TenantPath } from "../../tenant.ts";

/** With the attempt where one is named; else the page shows the newest. */
export function eventPath(
  { appId, appEnv }: TenantPath,
  { webhookId, _id, attempt }: { webhookId: string; _id: string; attempt: number | null },
): string {
  const parts = ["a", appId, appEnv, "webhooks", webhookId, "events", _id];
  const ofAttempt = attempt === null ? [] : ["attempts", String(attempt)];
  return [...parts, ...ofAttempt].map((part) => `/${encodeURIComponent(part)}`).join("");
}
