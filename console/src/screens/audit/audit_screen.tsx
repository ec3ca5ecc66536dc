/** Who changed what in the environment, when, and from where. */
import { Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Query } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import type { Column } from "../../parts/table_row.tsx";
import { DataTable } from "../../parts/data_table.tsx";
import type { FilterChip } from "../../parts/filter_chips.tsx";
import { FilterChips, NoMatch } from "../../parts/filter_chips.tsx";
import { labelText } from "../../parts/label_text.ts";
import { useFrozenNow } from "../../parts/frozen_now.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { rangeQuery } from "../../parts/range.ts";
import { useRangeText } from "../../parts/range_text.ts";
import type { SearchChange } from "../../parts/search_change.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { Empty, Failure, Loading } from "../../parts/states.tsx";
import { RelativeTime } from "../../parts/time_text.tsx";
import { useTenant } from "../../tenant.ts";
import type { AuditEntry } from "./audit_entry.tsx";
import { AuditExport } from "./audit_export.tsx";
import { AuditFilters } from "./audit_filters.tsx";
import type { AuditSearch } from "./audit_search.ts";
import { AuditTarget } from "./audit_target.tsx";
import { ChainCheck } from "./chain_check.tsx";
import { OpenEntry } from "./open_entry.tsx";

const FILTERS = ["actor", "action", "target"] as const;
const NO_FILTER: SearchChange = {
  actor: undefined,
  action: undefined,
  target: undefined,
  range: undefined,
  from: undefined,
  to: undefined,
};

/** The list with its filters; the open entry is in the address. */
export function AuditScreen() {
  const t = useT();
  const tenant = useTenant();
  const search = useSearch({ from: "/signed-in/a/$appId/$appEnv/audit" });
  const change = useSearchChange();
  const filter = useAuditFilter(search);
  const log = useInfiniteQuery({
    queryKey: ["audit", tenant.appId, tenant.appEnv, filter],
    queryFn: ({ pageParam, signal }) => {
      const query: Query<"listAuditLog"> = { ...filter, limit: 100 };
      if (pageParam !== null) query.cursor = pageParam;
      return call("listAuditLog", { path: tenant, query, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const rows = log.data?.pages.flatMap((page) => page.items) ?? [];
  const counted = log.data?.pages[0]?.searchData;
  const chips = useAuditChips(search, change);
  const isEmpty = log.data !== undefined && rows.length === 0;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <PageTitle title={t("audit.title")}>
        <AuditExport tenant={tenant} filter={filter} />
        <ApiCallButton id="listAuditLog" args={{ path: tenant, query: filter }} />
      </PageTitle>
      <Stack gap="sm">
        <ChainCheck tenant={tenant} />
        <AuditFilters search={search} />
        <OpenEntry log={log} entryId={search.entry ?? null} />
        {isEmpty ? null : <FilterChips chips={chips} onClear={() => change(NO_FILTER)} />}
        {log.error === null ? null : (
          <Failure error={log.error} onRetry={() => void log.refetch()} dataAt={log.dataUpdatedAt} />
        )}
        {log.isPending ? <Loading /> : null}
        {!isEmpty ? null : isFiltered ? (
          <NoMatch chips={chips} onClear={() => change(NO_FILTER)} />
        ) : (
          <Empty title={t("audit.empty.title")}>
            <Text>{t("audit.empty.text")}</Text>
          </Empty>
        )}
        {rows.length === 0 ? null : (
          <DataTable
            label={t("audit.list")}
            columns={auditColumns(t)}
            rows={rows}
            rowKey={(entry) => entry._id}
            rowLabel={(entry) => entry.action}
            total={counted?.total ?? null}
            totalIsAtLeast={counted?.totalIsAtLeast === true}
            openKey={search.entry ?? null}
            onOpen={(entry) => change({ entry: entry._id }, { isReplacing: false })}
            hasMore={log.hasNextPage}
            isLoadingMore={log.isFetchingNextPage}
            onLoadMore={() => void log.fetchNextPage()}
          />
        )}
      </Stack>
    </>
  );
}

function useAuditChips(search: AuditSearch, change: ReturnType<typeof useSearchChange>): FilterChip[] {
  const t = useT();
  const rangeText = useRangeText();
  const { range = "all", from, to } = search;
  const named = FILTERS.flatMap((name): FilterChip[] => {
    const value = search[name];
    if (value === undefined) return [];
    const label = t("parts.chip", { name: t(`audit.filter.${name}`), value: labelText(value) });
    return [{ id: name, label, onRemove: () => change({ [name]: undefined }) }];
  });
  if (range === "all" && from === undefined && to === undefined) return named;
  const label = t("parts.chip", { name: t("parts.range"), value: rangeText(search, "all") });
  return [
    ...named,
    { id: "range", label, onRemove: () => change({ range: undefined, from: undefined, to: undefined }) },
  ];
}

/** The filter as the call takes it; a range that ends now stands still, so that rows do not move by themselves. */
function useAuditFilter(search: AuditSearch): Query<"listAuditLog"> {
  const { now } = useFrozenNow(JSON.stringify([search.range, search.from, search.to]));
  const filter: Query<"listAuditLog"> = { ...rangeQuery(search, "all", now) };
  for (const name of FILTERS) {
    const value = search[name];
    if (value !== undefined) filter[name] = value;
  }
  return filter;
}

function auditColumns(t: Translate): Column<AuditEntry>[] {
  return [
    { id: "at", header: t("audit.column.at"), isFixed: true, cell: ({ at }) => <RelativeTime at={at} /> },
    {
      id: "action",
      header: t("audit.column.action"),
      isFixed: true,
      cell: ({ action }) => <span className="mono">{action}</span>,
    },
    { id: "actor", header: t("audit.column.actor"), cell: ({ actor }) => labelText(actor.name) },
    { id: "target", header: t("audit.column.target"), cell: (entry) => <AuditTarget entry={entry} /> },
    { id: "ip", header: t("audit.column.ip"), isWideOnly: true, cell: ({ actor }) => actor.ip ?? "" },
    {
      id: "request",
      header: t("audit.column.request"),
      isExtra: true,
      cell: ({ requestId }) => <span className="mono">{requestId ?? ""}</span>,
    },
  ];
}
