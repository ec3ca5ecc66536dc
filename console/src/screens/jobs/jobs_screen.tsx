/** The list of jobs: bulk resends and replays, newest first. */
import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import type { Column } from "../../parts/table_row.tsx";
import { DataTable } from "../../parts/data_table.tsx";
import { PageTitle } from "../../parts/page_title.tsx";
import { countText } from "../../parts/quantities.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { useStableCallback } from "../../parts/stable_callback.ts";
import { Empty, Failure, Loading } from "../../parts/states.tsx";
import { RelativeTime } from "../../parts/time_text.tsx";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useTenant } from "../../tenant.ts";
import { BulkResendDialog } from "./bulk_resend_dialog.tsx";
import { ProgressBar, useProgressText } from "./job_progress.tsx";
import type { Job } from "./job_reads.ts";
import { pollOf } from "./job_reads.ts";
import { JobStatusBadge, useScopeText } from "./job_words.tsx";
import { JobsExport } from "./jobs_export.tsx";

const PAGE_JOBS = 50;

/** Read again while one of them moves. */
export function JobsScreen() {
  const t = useT();
  const tenant = useTenant();
  const [isDialogOpen, dialog] = useDisclosure(false);
  useAskedStart(dialog.open);
  const jobs = useInfiniteQuery({
    queryKey: ["jobs", tenant.appId, tenant.appEnv],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? { limit: PAGE_JOBS } : { limit: PAGE_JOBS, cursor: pageParam };
      return call("listJobs", { path: tenant, query, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => {
      const polls = (state.data?.pages ?? []).flatMap(({ items }) => items.map(pollOf));
      const moving = polls.filter((poll) => poll !== false);
      return moving.length === 0 ? false : Math.min(...moving) * 2;
    },
  });
  return (
    <>
      <PageTitle title={t("jobs.title")}>
        <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={dialog.open}>
          {t("jobs.start")}
        </Button>
        <ApiCallButton id="listJobs" args={{ path: tenant }} />
      </PageTitle>
      <Text mb="md">{t("jobs.intro")}</Text>
      {jobs.error === null ? null : (
        <Failure error={jobs.error} onRetry={() => void jobs.refetch()} dataAt={jobs.dataUpdatedAt} />
      )}
      {jobs.data === undefined ? (
        jobs.error === null ? (
          <Loading />
        ) : null
      ) : (
        <JobTable
          jobs={jobs.data.pages.flatMap(({ items }) => items)}
          total={jobs.data.pages[0]?.searchData.total ?? 0}
          hasMore={jobs.hasNextPage}
          isLoadingMore={jobs.isFetchingNextPage}
          onLoadMore={() => void jobs.fetchNextPage()}
        />
      )}
      <BulkResendDialog webhookId={null} filter={null} isOpen={isDialogOpen} onClose={dialog.close} />
    </>
  );
}

/** Opens the dialog where the address asks for it. */
function useAskedStart(onAsked: () => void): void {
  const { start } = useSearch({ from: "/signed-in/a/$appId/$appEnv/jobs" });
  const change = useSearchChange();
  const begin = useStableCallback((): void => {
    onAsked();
    change({ start: undefined });
  });
  useEffect(() => {
    if (start !== undefined) begin();
  }, [start, begin]);
}

function JobTable({
  jobs,
  ...paging
}: {
  jobs: readonly Job[];
  total: number;
  hasMore: boolean;
  isLoadingMore: boolean;
  onLoadMore: () => void;
}) {
  const t = useT();
  const tenant = useTenant();
  const navigate = useNavigate();
  const router = useRouter();
  const columns = useColumns();
  const pageOf = ({ _id: jobId }: Job) =>
    ({ to: "/a/$appId/$appEnv/jobs/$jobId", params: { ...tenant, jobId } }) as const;
  if (jobs.length === 0) {
    return (
      <Empty title={t("jobs.empty.title")}>
        <Text maw={520}>{t("jobs.empty.text")}</Text>
      </Empty>
    );
  }
  return (
    <DataTable
      label={t("jobs.list")}
      columns={columns}
      rows={jobs}
      rowKey={({ _id }) => _id}
      rowLabel={({ _id }) => _id}
      onOpen={(job) => void navigate(pageOf(job))}
      hrefOf={(job) => router.buildLocation(pageOf(job)).href}
      toolbar={<JobsExport />}
      {...paging}
    />
  );
}

function useColumns(): readonly Column<Job>[] {
  const t = useT();
  const locale = useLocale();
  const tenant = useTenant();
  const scopeText = useScopeText();
  const progressText = useProgressText();
  const { nameOf } = useWebhookNames();
  const count = (id: "passed" | "failed" | "skipped", isWideOnly = true): Column<Job> => ({
    id,
    header: t(`jobs.column.${id}`),
    align: "end",
    isWideOnly,
    cell: (job) => countText(job[id], locale),
  });
  return [
    { id: "status", header: t("jobs.column.status"), cell: ({ status }) => <JobStatusBadge status={status} /> },
    {
      id: "scope",
      header: t("jobs.column.scope"),
      isFixed: true,
      cell: (job) => (
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link {...props} to="/a/$appId/$appEnv/jobs/$jobId" params={{ ...tenant, jobId: job._id }} />
          )}
        >
          {scopeText(job)}
        </Anchor>
      ),
    },
    {
      id: "webhook",
      header: t("jobs.column.webhook"),
      isWideOnly: true,
      cell: ({ webhookId }) => (webhookId === null ? t("jobs.allWebhooks") : nameOf(webhookId)),
    },
    {
      id: "progress",
      header: t("jobs.column.progress"),
      width: "14rem",
      cell: (job) => (
        <Group gap="xs" wrap="nowrap">
          <ProgressBar job={job} />
          <Text size="xs" component="span">
            {progressText(job)}
          </Text>
        </Group>
      ),
    },
    count("passed"),
    count("failed"),
    count("skipped"),
    {
      id: "rate",
      header: t("jobs.column.rate"),
      isExtra: true,
      align: "end",
      cell: ({ rate }) => t("jobs.perSecond", { rate }),
    },
    { id: "createdBy", header: t("jobs.column.createdBy"), isExtra: true, cell: ({ createdBy }) => createdBy },
    {
      id: "createdAt",
      header: t("jobs.column.createdAt"),
      isWideOnly: true,
      cell: ({ _createdAt }) => <RelativeTime at={_createdAt} />,
    },
    {
      id: "endedAt",
      header: t("jobs.column.endedAt"),
      isExtra: true,
      cell: ({ endedAt }) => (endedAt === null ? "" : <RelativeTime at={endedAt} />),
    },
    { id: "id", header: t("jobs.column.job"), isExtra: true, cell: ({ _id }) => <span className="mono">{_id}</span> },
  ];
}
