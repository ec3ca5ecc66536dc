/** What was done to a webhook, by whom: its part of the audit log. */
import { Anchor, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import type { Column } from "../../parts/table_row.tsx";
import { DataTable } from "../../parts/data_table.tsx";
import { labelText } from "../../parts/label_text.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { Empty, Failure, Loading } from "../../parts/states.tsx";
import { RelativeTime } from "../../parts/time_text.tsx";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import type { AuditEntry } from "../audit/audit_entry.tsx";
import { OpenEntry } from "../audit/open_entry.tsx";
import { AuditExport } from "../audit/audit_export.tsx";
import { diffValues } from "../audit/value_diff.ts";
import { webhookSearch } from "./webhook_search.ts";

const PAGE = 50;

/** Inside the webhook's page; `entry` in the address is the entry whose details are open. */
export function ActivityTab({ webhookId }: { webhookId: string }) {
  const t = useT();
  const tenant = useTenant();
  const change = useSearchChange();
  const isAllowed = useCan("admin");
  const { entry: openId } = webhookSearch(useSearch({ strict: false }));
  const query = { target: webhookId, limit: PAGE };
  const log = useInfiniteQuery({
    queryKey: ["audit", tenant.appId, tenant.appEnv, "webhook", webhookId],
    queryFn: ({ pageParam, signal }) =>
      call("listAuditLog", {
        path: tenant,
        query: pageParam === null ? query : { ...query, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: isAllowed,
  });
  const columns = activityColumns(t);
  if (!isAllowed) {
    return (
      <Empty title={t("activity.forbidden.title")}>
        <Text>{t("activity.forbidden.text")}</Text>
      </Empty>
    );
  }
  if (log.data === undefined) {
    return log.error === null ? <Loading /> : <Failure error={log.error} onRetry={() => void log.refetch()} />;
  }
  const entries: AuditEntry[] = log.data.pages.flatMap(({ items }) => items);
  const { total = null, totalIsAtLeast } = log.data.pages[0]?.searchData ?? {};
  if (entries.length === 0) {
    return (
      <Empty title={t("activity.empty.title")}>
        <Text>{t("activity.empty.text")}</Text>
      </Empty>
    );
  }
  return (
    <>
      {log.error === null ? null : (
        <Failure error={log.error} onRetry={() => void log.refetch()} dataAt={log.dataUpdatedAt} />
      )}
      <OpenEntry log={log} entryId={openId ?? null} />
      <DataTable
        label={t("webhook.tab.activity")}
        columns={columns}
        rows={entries}
        rowKey={({ _id }) => _id}
        rowLabel={({ action, at }) => `${action} ${at}`}
        total={total}
        totalIsAtLeast={totalIsAtLeast === true}
        openKey={openId ?? null}
        onOpen={({ _id }) => change({ entry: _id }, { isReplacing: false })}
        hasMore={log.hasNextPage}
        isLoadingMore={log.isFetchingNextPage}
        onLoadMore={() => void log.fetchNextPage()}
        toolbar={
          <>
            <Anchor
              component={Link}
              size="sm"
              to="/a/$appId/$appEnv/audit"
              params={tenant as never}
              search={{ target: webhookId } as never}
            >
              {t("activity.all")}
            </Anchor>
            <AuditExport tenant={tenant} filter={{ target: webhookId }} />
            <ApiCallButton id="listAuditLog" args={{ path: tenant, query }} />
          </>
        }
      />
    </>
  );
}

function activityColumns(t: Translate): Column<AuditEntry>[] {
  return [
    { id: "at", header: t("activity.at"), cell: ({ at }) => <RelativeTime at={at} />, isFixed: true },
    { id: "action", header: t("activity.action"), cell: (entry) => <ActionText entry={entry} />, isFixed: true },
    { id: "actor", header: t("activity.actor"), cell: ({ actor }) => <bdi>{labelText(actor.name)}</bdi> },
    { id: "ip", header: t("activity.ip"), cell: ({ actor }) => actor.ip ?? "", isWideOnly: true },
    { id: "fields", header: t("activity.fields"), cell: (entry) => changedFields(entry).join(", "), isWideOnly: true },
  ];
}

/** What happened in words; an action that has none by its name. */
function ActionText({ entry }: { entry: AuditEntry }) {
  const t = useT();
  switch (entry.action) {
    case "webhook.create":
      return t("activity.create");
    case "webhook.update":
      return t(updateText(entry));
    case "webhook.delete":
      return t("activity.delete");
    case "webhook.disable":
      return t("activity.autoDisable");
    case "webhook.test":
      return t("activity.test");
    case "webhook.secret.reveal":
      return t("activity.reveal");
    case "webhook.secret.rotate":
      return t("activity.rotate");
    case "webhook.secret.end-previous":
      return t("activity.endPrevious");
    case "webhook.sign-request":
      return t("activity.sign");
    default:
      return <span className="mono">{labelText(entry.action)}</span>;
  }
}

function updateText(entry: AuditEntry) {
  const fields = changedFields(entry);
  const { isDisabled } = (entry.after ?? {}) as { isDisabled?: unknown };
  if (fields.includes("isDisabled")) return isDisabled === true ? "activity.disable" : "activity.enable";
  return fields.some((field) => field === "disabledTopics" || field === "disabledActions")
    ? "activity.topics"
    : "activity.update";
}

function changedFields({ before, after }: AuditEntry): string[] {
  return diffValues(before, after)
    .filter(({ isChanged }) => isChanged)
    .map(({ field }) => labelText(field));
}
