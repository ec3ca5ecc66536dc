/** The events whose attempt by a job failed, each with the way to its page. */
import { Anchor, Text } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouter } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import type { Column } from "../../parts/table_row.tsx";
import { DataTable } from "../../parts/data_table.tsx";
import { Failure, Loading } from "../../parts/states.tsx";
import { StatusBadge } from "../../parts/status_badge.tsx";
import { RelativeTime } from "../../parts/time_text.tsx";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useTenant } from "../../tenant.ts";
import type { Job } from "./job_reads.ts";
import { FailuresExport } from "./jobs_export.tsx";

type FailedEvent = Answer<"listJobFailures">["items"][number];

const PAGE_EVENTS = 50;
const EVENT_ROUTE = "/a/$appId/$appEnv/webhooks/$webhookId/events/$eventId";

/** Read again whenever the job has another failure. */
export function JobFailures({ job: { _id: jobId, failed } }: { job: Job }) {
  const t = useT();
  const tenant = useTenant();
  const navigate = useNavigate();
  const router = useRouter();
  const columns = useColumns();
  const list = useInfiniteQuery({
    queryKey: ["job", jobId, "failures", failed],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? { limit: PAGE_EVENTS } : { limit: PAGE_EVENTS, cursor: pageParam };
      return call("listJobFailures", { path: { ...tenant, jobId }, query, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    enabled: failed > 0,
  });
  if (failed === 0) return <Text>{t("jobs.failures.none")}</Text>;
  if (list.data === undefined) {
    return list.error === null ? (
      <Loading lines={3} />
    ) : (
      <Failure error={list.error} onRetry={() => void list.refetch()} />
    );
  }
  const pageOf = ({ webhookId, _id: eventId }: FailedEvent) =>
    ({ to: EVENT_ROUTE, params: { ...tenant, webhookId, eventId } }) as const;
  const events = list.data.pages.flatMap(({ items }) => items);
  if (events.length === 0) return <Text>{t("jobs.failures.gone")}</Text>;
  return (
    <>
      <Text size="sm" mb="xs">
        {t("jobs.failures.hint")}
      </Text>
      <DataTable
        label={t("jobs.failures.list")}
        columns={columns}
        rows={events}
        rowKey={({ _id }) => _id}
        rowLabel={({ _id }) => _id}
        toolbar={<FailuresExport jobId={jobId} />}
        total={list.data.pages[0]?.searchData.total ?? null}
        onOpen={(event) => void navigate(pageOf(event))}
        hrefOf={(event) => router.buildLocation(pageOf(event)).href}
        hasMore={list.hasNextPage}
        isLoadingMore={list.isFetchingNextPage}
        onLoadMore={() => void list.fetchNextPage()}
      />
    </>
  );
}

function useColumns(): readonly Column<FailedEvent>[] {
  const t = useT();
  const tenant = useTenant();
  const { nameOf } = useWebhookNames();
  return [
    { id: "status", header: t("jobs.column.status"), cell: ({ status }) => <StatusBadge status={status} /> },
    {
      id: "event",
      header: t("jobs.column.event"),
      isFixed: true,
      cell: ({ _id: eventId, webhookId }) => (
        <Anchor
          size="sm"
          className="mono"
          renderRoot={(props) => <Link {...props} to={EVENT_ROUTE} params={{ ...tenant, webhookId, eventId }} />}
        >
          {eventId}
        </Anchor>
      ),
    },
    { id: "topic", header: t("jobs.column.topic"), cell: ({ topic, action }) => `${topic}.${action}` },
    {
      id: "webhook",
      header: t("jobs.column.webhook"),
      isWideOnly: true,
      cell: ({ webhookId }) => nameOf(webhookId),
    },
    { id: "code", header: t("jobs.column.code"), cell: ({ lastCode = "" }) => lastCode },
    {
      id: "next",
      header: t("jobs.column.next"),
      isWideOnly: true,
      cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? "" : <RelativeTime at={nextAttemptAt} />),
    },
  ];
}
