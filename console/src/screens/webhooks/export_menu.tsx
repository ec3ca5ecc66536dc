/** Saves the rows of the list as a file. */
import { ListExport } from "../../parts/list_export.tsx";
import type { WebhookRow } from "./webhook_list.ts";
import { pendingCount, stateOf } from "./webhook_list.ts";

const HEADER = "id url description state passed24h failed24h p95Ms pending lastStatus lastAt createdAt".split(" ");

/** What the filters let through, as CSV or as one JSON object a line. */
export function ExportMenu({ rows }: { rows: readonly WebhookRow[] }) {
  const read = () => Promise.resolve({ rows, isCut: false });
  return <ListExport name="webhooks" header={HEADER} read={read} cellsOf={cellsOf} lineOf={lineOf} />;
}

function cellsOf(row: WebhookRow): (string | number | null)[] {
  const { webhook, stats } = row;
  const { totals = null, lastEvent = null } = stats ?? {};
  const facts = [webhook._id, webhook.url, webhook.description, stateOf(webhook)];
  const day = [totals?.success ?? null, totals?.failed ?? null, totals?.latency?.p95 ?? null, pendingCount(row)];
  return [...facts, ...day, lastEvent?.status ?? null, lastEvent?._updatedAt ?? null, webhook._createdAt];
}

function lineOf({ webhook, stats }: WebhookRow): string {
  return JSON.stringify({ ...webhook, last24Hours: stats });
}
