/** The events of one webhook or of all: tabs, filters, rows, and the details of one over them. All of it in the address. */
import { Button, Group, NativeSelect, Stack, Tabs, Text } from "@mantine/core";
import { IconArrowUp, IconRefresh } from "@tabler/icons-react";
import { useRouter, useSearch } from "@tanstack/react-router";
import { lazy, useEffect, useMemo, useState } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { DataTable } from "../../parts/data_table.tsx";
import { FilterChips } from "../../parts/filter_chips.tsx";
import { LateDialog } from "../../parts/late_dialog.tsx";
import { countText } from "../../parts/quantities.ts";
import { useFrozenNow } from "../../parts/frozen_now.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { Failure, Loading } from "../../parts/states.tsx";
import { useTimeFormat, useTimeZone } from "../../parts/time_zone.ts";
import { useTenant } from "../../tenant.ts";
import { eventPath } from "../event/event_path.ts";
import type { ListedEvent } from "../event/event_model.ts";
import { useResend } from "../event/resend.tsx";
import type { TabCounts } from "./event_list_reads.ts";
import { useEventPages, useEventPatch, useListRefresh, useNewestPage, useTabCounts } from "./event_list_reads.ts";
import { useEventsColumns } from "./events_columns.tsx";
import type { EventsQuery } from "./events_filter.ts";
import { eventsQuery, tabOf } from "./events_filter.ts";
import { EventsFilters, useEventChips } from "./events_filters.tsx";
import type { EventsSearch, EventTab, PageSize } from "./events_search.ts";
import { EVENT_FILTERS, eventsSearch, PAGE_SIZE, PAGE_SIZES } from "./events_search.ts";
import { ExportMenu } from "./export_menu.tsx";
import { NoEvents } from "./no_events.tsx";
import { SavedViewsMenu } from "./saved_views_menu.tsx";
import { SelectionBar } from "./selection_bar.tsx";
import { daySeparators, shownRows } from "./shown_rows.ts";

const EventDrawer = lazy(async () => ({ default: (await import("./event_drawer.tsx")).EventDrawer }));

/** `webhookId`: of this webhook alone; null for all webhooks of the environment. */
export function EventsList({ webhookId }: { webhookId: string | null }) {
  const t = useT();
  const tenant = useTenant();
  const search = eventsSearch(useSearch({ strict: false }));
  const change = useSearchChange();
  const { query, refresh } = useFrozenQuery(search, webhookId);
  const counts = useTabCounts(webhookId, query);
  const filters = useEventChips(search, webhookId);
  const tab = tabOf(search);
  const { webhookId: _webhookId, ...ofWebhook } = query;
  return (
    <Stack gap="sm">
      <EventsFilters search={search} webhookId={webhookId}>
        <SavedViewsMenu search={search} />
        <ExportMenu webhookId={webhookId} query={query} total={counts[tab]?.total ?? null} />
        {webhookId === null ? (
          <ApiCallButton id="listEvents" args={{ path: tenant, query }} />
        ) : (
          <ApiCallButton id="listWebhookEvents" args={{ path: { webhookId }, query: ofWebhook }} />
        )}
      </EventsFilters>
      <FilterChips {...filters} />
      <Tabs
        value={tab}
        onChange={(next) =>
          change({ filter: next === "all" ? undefined : (next ?? undefined) }, { isReplacing: false })
        }
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {EVENT_FILTERS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`events.tab.${name}`)} <TabCount counts={counts} tab={name} />
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Rows
            key={JSON.stringify([webhookId, query])}
            {...{ search, webhookId, query, filters, refresh }}
            count={counts[tab]}
          />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function TabCount({ counts, tab }: { counts: TabCounts; tab: EventTab }) {
  const locale = useLocale();
  const count = counts[tab];
  if (count === undefined) return null;
  return (
    <Text span size="xs" c="dimmed">
      {countText(count.total, locale)}
      {count.isAtLeast ? "+" : ""}
    </Text>
  );
}

/** What is asked for, with a range that stands still until the list is read anew: rows must not move by themselves. */
function useFrozenQuery(search: EventsSearch, webhookId: string | null): { query: EventsQuery; refresh: () => void } {
  const { range, from, to } = search;
  const { now, renew } = useFrozenNow(JSON.stringify([range, from, to, webhookId]));
  const query = eventsQuery(search, { webhookId, now });
  const refreshList = useListRefresh(webhookId, query);
  const refresh = (): void => {
    renew();
    refreshList();
  };
  return { query, refresh };
}

type RowsProps = {
  search: EventsSearch;
  webhookId: string | null;
  query: EventsQuery;
  filters: ReturnType<typeof useEventChips>;
  refresh: () => void;
  count: TabCounts[EventTab];
};

function Rows({ search, webhookId, query, filters, refresh, count }: RowsProps) {
  const t = useT();
  const change = useSearchChange();
  const tenant = useTenant();
  const router = useRouter();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const patch = useEventPatch();
  const { resend, busyId, dialog } = useResend(patch);
  const pages = useEventPages(webhookId, query);
  const newest = useNewestPage(webhookId, query, pages.data !== undefined);
  const columns = useEventsColumns({ isOfAll: webhookId === null, onResend: resend, busyId });
  const separatorOf = useDaySeparators();
  const loaded = useMemo(() => pages.data?.pages.flatMap(({ events }) => events) ?? [], [pages.data]);
  const { rows, newCount, isAtLeast } = useMemo(() => shownRows(loaded, newest?.events), [loaded, newest]);
  useSparsePages(pages, rows.length);
  const at = rows.findIndex(({ _id }) => _id === search.event);
  const total = pages.data?.pages[0]?.searchData;
  const open = ({ _id }: ListedEvent): void =>
    change({ event: _id, attempt: undefined, view: undefined }, { isReplacing: search.event !== undefined });
  const freshness = (
    <Freshness newCount={newCount} isAtLeast={isAtLeast} readAt={pages.dataUpdatedAt} onRefresh={refresh} />
  );
  return (
    <>
      {pages.data !== undefined ? null : pages.error === null ? (
        <Loading lines={8} />
      ) : (
        <Failure error={pages.error} onRetry={() => void pages.refetch()} />
      )}
      {pages.data === undefined ? null : (
        <Stack gap="sm">
          {pages.error === null ? null : (
            <Failure error={pages.error} onRetry={() => void pages.fetchNextPage()} dataAt={pages.dataUpdatedAt} />
          )}
          {rows.length === 0 ? freshness : null}
          <SelectionBar
            {...{ webhookId, query, selected }}
            matching={count?.total ?? null}
            isAtLeast={count?.isAtLeast === true}
            onClear={() => setSelected(new Set())}
          />
          {rows.length > 0 ? (
            <DataTable
              label={t("events.title")}
              columns={columns}
              rows={rows}
              rowKey={({ _id }) => _id}
              rowLabel={({ _id }) => _id}
              total={Math.max(total?.total ?? 0, rows.length)}
              totalIsAtLeast={total?.totalIsAtLeast === true}
              selection={{ keys: selected, onChange: setSelected }}
              openKey={search.event ?? null}
              isCovered={search.event !== undefined}
              onOpen={open}
              hrefOf={(event) => router.buildLocation({ to: eventPath(tenant, { ...event, attempt: null }) }).href}
              hasMore={pages.hasNextPage}
              isLoadingMore={pages.isFetchingNextPage}
              onLoadMore={() => void pages.fetchNextPage()}
              toolbar={
                <Group gap="sm">
                  {freshness}
                  <PageSizeChoice size={search.rows ?? PAGE_SIZE} />
                </Group>
              }
              separatorOf={separatorOf}
              rowShortcuts={[{ keys: "r", description: t("event.shortcut.resend"), run: resend }]}
            />
          ) : pages.hasNextPage ? (
            <Searching isBusy={pages.isFetchingNextPage} onGoOn={() => void pages.fetchNextPage()} />
          ) : (
            <NoEvents search={search} webhookId={webhookId} filters={filters} />
          )}
        </Stack>
      )}
      <LateDialog isOpen={search.event !== undefined}>
        <EventDrawer
          shown={{ event: search.event, attempt: search.attempt, view: search.view }}
          newerId={at > 0 ? (rows[at - 1]?._id ?? null) : null}
          olderId={at === -1 ? null : (rows[at + 1]?._id ?? null)}
          onChange={change}
        />
      </LateDialog>
      {dialog}
    </>
  );
}

/** How old the rows are, and the way to newer ones. */
function Freshness({
  newCount,
  isAtLeast,
  readAt,
  onRefresh,
}: {
  newCount: number;
  isAtLeast: boolean;
  readAt: number;
  onRefresh: () => void;
}) {
  const t = useT();
  const time = useTimeFormat({ timeStyle: "medium" });
  return (
    <Group gap="sm">
      <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={onRefresh}>
        {t("events.asOf", { time: time(new Date(readAt)) })}
      </Button>
      <div role="status">
        {newCount === 0 ? null : (
          <Button size="xs" radius="xl" leftSection={<IconArrowUp size={14} aria-hidden />} onClick={onRefresh}>
            {t(isAtLeast ? "events.newAtLeast" : "events.new", { count: newCount })}
          </Button>
        )}
      </div>
    </Group>
  );
}

/** How many rows are read whenever the end of the list is reached. */
function PageSizeChoice({ size }: { size: PageSize }) {
  const t = useT();
  const change = useSearchChange();
  return (
    <NativeSelect
      size="xs"
      aria-label={t("events.rows")}
      value={size}
      data={PAGE_SIZES.map((value) => ({ value: String(value), label: t("events.rows.size", { count: value }) }))}
      onChange={({ currentTarget }) => {
        const chosen = PAGE_SIZES.find((value) => String(value) === currentTarget.value);
        change({ rows: chosen === PAGE_SIZE ? undefined : chosen });
      }}
    />
  );
}

/** So many pages without a row are looked through before somebody is asked. */
const EMPTY_PAGES_MAX = 10;

/** Sparse filters give pages without rows: the search goes on by itself, for a while. */
function useSparsePages(pages: ReturnType<typeof useEventPages>, rowCount: number): void {
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError, data } = pages;
  const count = data?.pages.length ?? 0;
  const isSparse = rowCount === 0 && count > 0 && count < EMPTY_PAGES_MAX && hasNextPage && !isFetchingNextPage;
  useEffect(() => {
    if (isSparse && !isError) void fetchNextPage();
  }, [isSparse, isError, fetchNextPage]);
}

function Searching({ isBusy, onGoOn }: { isBusy: boolean; onGoOn: () => void }) {
  const t = useT();
  return (
    <Stack align="center" py="xl" gap="sm">
      <Text role="status">{t(isBusy ? "events.searching" : "events.searchedFar")}</Text>
      {isBusy ? null : (
        <Button variant="default" onClick={onGoOn}>
          {t("events.searchOn")}
        </Button>
      )}
    </Stack>
  );
}

/** The day that begins below a row of another day. */
function useDaySeparators(): (row: ListedEvent, above: ListedEvent) => string | null {
  const { timeZone } = useTimeZone();
  const day = useTimeFormat({ dateStyle: "full" });
  return useMemo(() => daySeparators(timeZone, day), [timeZone, day]);
}
