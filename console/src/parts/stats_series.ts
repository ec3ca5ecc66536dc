/** What the statistics chart draws: rows with a value for every series, ranges of time, and marks of changes. */
import type { Answer } from "../api/client.ts";
import { definedOnly } from "../search_params.ts";
import type { RangeSearch } from "./range.ts";
import { rangeQuery } from "./range.ts";

/** Counts and percentiles over a range of time. */
export type Stats = Answer<"getStats">;
type AuditEntry = Answer<"listAuditLog">["items"][number];

/** Groups of response statuses, `none` for attempts without a response. */
const CODE_GROUPS = ["2xx", "3xx", "4xx", "5xx", "none"] as const;
/** One of them. */
export type CodeGroup = (typeof CODE_GROUPS)[number];

/** One point of the chart. Rates are shares from 0 to 1, percentiles in ms; null where there was nothing to measure. */
export type ChartRow = Record<CodeGroup, number> & {
  /** When the point begins, RFC 3339. */
  at: string;
  created: number;
  passed: number;
  failed: number;
  successRate: number | null;
  firstRate: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  queuedP95: number | null;
  codes: Record<string, number>;
};

/** A change that may explain what the chart shows. `bucketAt`: the point in which it happened, RFC 3339. */
export type Marker = {
  id: string;
  kind: "rotated" | "enabled" | "disabled";
  at: string;
  bucketAt: string;
  webhookId: string;
  /** Whose doing it was; null for the server's own. */
  actor: string | null;
};

const DAY_MS = 86_400_000;
/** So long are statistics kept: what "all time" means for a chart. */
const KEPT_DAYS = 90;
/** The longest range that the server answers. */
const RANGE_DAYS_MAX = 92;

/** The range to ask statistics for. "All time" is as long as they are kept; a longer range is cut at its beginning. */
export function statsRange(search: RangeSearch, now: number): { from: string; to?: string } {
  const { from, to } = rangeQuery(search, "24h", now);
  const minute = Math.floor(now / 60_000) * 60_000;
  const toMs = to === undefined ? minute : Date.parse(to);
  const earliestMs = toMs - RANGE_DAYS_MAX * DAY_MS;
  const standardMs = toMs - (search.range === "all" ? KEPT_DAYS : 1) * DAY_MS;
  const fromMs = from === undefined ? standardMs : Math.max(earliestMs, Date.parse(from));
  return { from: new Date(fromMs).toISOString(), ...definedOnly({ to }) };
}

/** A row for every point. */
export function chartRows(points: Stats["points"]): ChartRow[] {
  return points.map(({ at, created, success, failed, firstAttempts, firstAttemptSuccess, codes, latency, queued }) => {
    const groups: Record<CodeGroup, number> = { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 };
    for (const [code, count] of Object.entries(codes)) groups[codeGroup(code)] += count;
    return {
      ...groups,
      at,
      created,
      passed: success,
      failed,
      successRate: share(success, success + failed),
      firstRate: share(firstAttemptSuccess, firstAttempts),
      p50: latency?.p50 ?? null,
      p95: latency?.p95 ?? null,
      p99: latency?.p99 ?? null,
      queuedP95: queued?.p95 ?? null,
      codes,
    };
  });
}

/** Whether anything happened in a point. */
export function isBusy({ created, passed, failed }: ChartRow): boolean {
  return created + passed + failed > 0;
}

/** `503` → `5xx`; whatever is no status is `none`. */
export function codeGroup(code: string): CodeGroup {
  const group = `${code.slice(0, 1)}xx`;
  return /^\d{3}$/.test(code) ? (CODE_GROUPS.find((each) => each === group) ?? "none") : "none";
}

/** From the beginning of the earlier point to the end of the later one, whichever was named first. */
export function spanOf(points: readonly [string, string], bucketMs: number): { from: string; to: string } {
  const [first, last] = points.map((at) => Date.parse(at)).sort((a, b) => a - b);
  return {
    from: new Date(first ?? 0).toISOString(),
    to: new Date((last ?? 0) + bucketMs).toISOString(),
  };
}

/** Secrets that were rotated and webhooks that were enabled or disabled inside the window, oldest first. */
export function markersOf(entries: readonly AuditEntry[], window: Pick<Stats, "from" | "to" | "bucketMs">): Marker[] {
  const [from, to] = [Date.parse(window.from), Date.parse(window.to)];
  const markers: Marker[] = [];
  for (const entry of entries) {
    const atMs = Date.parse(entry.at);
    const kind = markerKind(entry);
    if (kind === null || atMs < from || atMs >= to) continue;
    const bucketMs = from + Math.floor((atMs - from) / window.bucketMs) * window.bucketMs;
    markers.push({
      id: entry._id,
      kind,
      at: entry.at,
      bucketAt: new Date(bucketMs).toISOString(),
      webhookId: entry.target.id,
      actor: entry.actor.kind === "system" ? null : entry.actor.name,
    });
  }
  return markers.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function markerKind({ action, before, after }: AuditEntry): Marker["kind"] | null {
  if (action === "webhook.secret.rotate") return "rotated";
  if (action !== "webhook.update" && action !== "webhook.disable") return null;
  const isDisabled = after?.["isDisabled"];
  if (typeof isDisabled !== "boolean" || before?.["isDisabled"] === isDisabled) return null;
  return isDisabled ? "disabled" : "enabled";
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
