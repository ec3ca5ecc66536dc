/** What a job is, in words: its status as a badge, and what it was asked to send. */
import { Badge } from "@mantine/core";
import { IconCircleCheck, IconCircleOff, IconPlayerPause, IconRefresh } from "@tabler/icons-react";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import { useTimeFormat } from "../../parts/time_zone.ts";
import type { Job } from "./job_reads.ts";

const LOOKS = {
  RUNNING: { icon: IconRefresh, color: "blue" },
  PAUSED: { icon: IconPlayerPause, color: "yellow" },
  DONE: { icon: IconCircleCheck, color: "green" },
  CANCELLED: { icon: IconCircleOff, color: "gray" },
} as const;

/** Icon, word and colour. */
export function JobStatusBadge({ status }: { status: Job["status"] }) {
  const t = useT();
  const { icon: Icon, color } = LOOKS[status];
  return (
    <Badge color={color} variant="light" tt="none" leftSection={<Icon size={14} stroke={2} aria-hidden />}>
      {t(`jobs.status.${status}`)}
    </Badge>
  );
}

/** What a job sends, as one line; times as the page shows them. */
export function useScopeText(): (job: Pick<Job, "kind" | "filter">) => string {
  const t = useT();
  const time = useTimeFormat({ dateStyle: "medium", timeStyle: "short" });
  return ({ kind, filter }) => {
    const { topic, action, code, from, to } = filter;
    const what = topic === undefined ? action : action === undefined ? topic : `${topic}.${action}`;
    const parts = [
      subjectText(t, kind, filter),
      ...(what === undefined ? [] : [what]),
      ...(code === undefined ? [] : [t("jobs.scope.code", { code })]),
      ...(from === undefined ? [] : [t("jobs.scope.from", { at: time(new Date(from)) })]),
      ...(to === undefined ? [] : [t("jobs.scope.to", { at: time(new Date(to)) })]),
    ];
    return parts.join(" · ");
  };
}

function subjectText(t: Translate, kind: Job["kind"], { filter, eventIds, failuresOf }: Job["filter"]): string {
  if (kind === "REPLAY") return t("jobs.scope.missed");
  if (eventIds !== undefined) return t("jobs.scope.selected", { count: eventIds.length });
  if (failuresOf !== undefined) return t("jobs.scope.failuresOf", { id: failuresOf });
  return t(`jobs.scope.${filter ?? "FAILED"}`);
}
