/** The columns of the list of webhooks. */
import { Stack, Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Translate } from "../../i18n/i18n.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import type { Column } from "../../parts/table_row.tsx";
import { labelText } from "../../parts/label_text.ts";
import { countText, shareText } from "../../parts/quantities.ts";
import { Sparkline } from "../../parts/sparkline.tsx";
import { StatusBadge } from "../../parts/status_badge.tsx";
import { durationText, RelativeTime } from "../../parts/time_text.tsx";
import { takenNames } from "../webhook/topic_choice.ts";
import { RowMenu } from "./row_menu.tsx";
import { StateBadge } from "./state_badge.tsx";
import type { WebhookRow } from "./webhook_list.ts";
import { healthOf, pendingCount } from "./webhook_list.ts";
import type { Topics } from "./webhook_reads.ts";
import classes from "./webhooks.module.css";

/** What the columns need beside the row. */
export type ColumnFacts = { topics: Topics | null; timeoutMs: number | null };

/** For the table. Cells of unknown statistics are empty. */
export function webhookColumns(t: Translate, facts: ColumnFacts): Column<WebhookRow>[] {
  return [
    {
      id: "state",
      header: t("webhooks.column.state"),
      cell: (row) => <StateBadge webhook={row.webhook} health={healthOf(row, facts.timeoutMs)} />,
      isWideOnly: true,
    },
    {
      id: "url",
      header: t("webhooks.column.url"),
      cell: (row) => <UrlCell row={row} timeoutMs={facts.timeoutMs} />,
      isFixed: true,
    },
    {
      id: "topics",
      header: t("webhooks.column.topics"),
      cell: (row) => <TopicsCell row={row} topics={facts.topics} />,
      isWideOnly: true,
    },
    { id: "last", header: t("webhooks.column.last"), cell: (row) => <LastCell row={row} />, isWideOnly: true },
    { id: "day", header: t("webhooks.column.day"), cell: (row) => <DayCell row={row} />, isWideOnly: true },
    {
      id: "p95",
      header: t("webhooks.column.p95"),
      cell: (row) => <LatencyCell row={row} />,
      align: "end",
      isWideOnly: true,
    },
    {
      id: "pending",
      header: t("webhooks.column.pending"),
      cell: (row) => <PendingCell row={row} />,
      align: "end",
      isWideOnly: true,
    },
    {
      id: "created",
      header: t("webhooks.column.created"),
      cell: ({ webhook }) => <RelativeTime at={webhook._createdAt} />,
      isExtra: true,
      isWideOnly: true,
    },
    {
      id: "actions",
      header: t("webhooks.column.actions"),
      cell: ({ webhook }) => <RowMenu webhook={webhook} />,
      isFixed: true,
    },
  ];
}

function UrlCell({ row, timeoutMs }: { row: WebhookRow; timeoutMs: number | null }) {
  const { webhook } = row;
  const { appId, appEnv, _id: webhookId, description } = webhook;
  return (
    <Stack gap={0} className={classes["endpoint"]}>
      <Link
        to="/a/$appId/$appEnv/webhooks/$webhookId"
        params={{ appId, appEnv, webhookId }}
        className={`mono ${classes["url"]}`}
      >
        <bdi>{labelText(webhook.url)}</bdi>
      </Link>
      <div className={classes["narrow"]}>
        <StateBadge webhook={webhook} health={healthOf(row, timeoutMs)} />
      </div>
      {description === "" ? null : (
        <Text size="xs" truncate>
          <bdi>{labelText(description)}</bdi>
        </Text>
      )}
    </Stack>
  );
}

function TopicsCell({ row: { webhook }, topics }: { row: WebhookRow; topics: Topics | null }) {
  const t = useT();
  if (webhook.disabledTopics.length + webhook.disabledActions.length === 0) return t("webhooks.topics.all");
  if (topics === null) return null;
  const taken = takenNames(webhook, topics);
  const all = takenNames({ disabledTopics: [], disabledActions: [] }, topics);
  const names = Object.keys(topics).filter((topic) => [...taken].some((name) => name.split(".")[0] === topic));
  const list = names.length === 0 ? t("webhooks.topics.none") : names.join(", ");
  return (
    <Tooltip label={list} multiline maw={360}>
      <Text span size="sm" tabIndex={0}>
        {t("webhooks.topics.some", { taken: taken.size, all: all.size })}
      </Text>
    </Tooltip>
  );
}

function LastCell({ row: { stats } }: { row: WebhookRow }) {
  const t = useT();
  if (stats === null) return null;
  if (stats.lastEvent === null) return t("webhooks.last.never");
  const { status, lastCode, _updatedAt } = stats.lastEvent;
  return (
    <Stack gap={0}>
      <span className={classes["last"]}>
        <StatusBadge status={status} />
        {lastCode === undefined || status !== "FAILED" ? null : (
          <Text span size="xs" className="mono">
            {lastCode}
          </Text>
        )}
      </span>
      <Text span size="xs">
        <RelativeTime at={_updatedAt} />
      </Text>
    </Stack>
  );
}

function DayCell({ row: { stats } }: { row: WebhookRow }) {
  const t = useT();
  const locale = useLocale();
  if (stats === null) return null;
  const { success, failed } = stats.totals;
  const share = shareText(success, success + failed, locale);
  if (share === null) return t("webhooks.day.nothing");
  return (
    <Stack gap={0} className={classes["day"]}>
      <Sparkline points={stats.points} />
      <Text span size="xs">
        {share}
      </Text>
    </Stack>
  );
}

function LatencyCell({ row: { stats } }: { row: WebhookRow }) {
  const locale = useLocale();
  const latency = stats?.totals.latency ?? null;
  return latency === null ? null : durationText(latency.p95, locale);
}

function PendingCell({ row }: { row: WebhookRow }) {
  return countText(pendingCount(row), useLocale());
}
