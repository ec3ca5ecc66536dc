/** The webhooks of an application environment: how each of them does, found by filters, changed one by one or together. */
import { Button, Code, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Translate } from "../../i18n/i18n.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { DataTable } from "../../parts/data_table.tsx";
import type { FilterChip } from "../../parts/filter_chips.tsx";
import { FilterChips, NoMatch } from "../../parts/filter_chips.tsx";
import { hostOf } from "../../parts/label_text.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { countText } from "../../parts/quantities.ts";
import { SearchField } from "../../parts/search_field.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { Empty, Failure, Loaded } from "../../parts/states.tsx";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import { BulkBar } from "./bulk_bar.tsx";
import { ExportMenu } from "./export_menu.tsx";
import { TopicSelect } from "./topic_select.tsx";
import { webhookColumns } from "./webhook_columns.tsx";
import type { Webhook, WebhookRow } from "./webhook_list.ts";
import { shownRows } from "./webhook_list.ts";
import { useCatalog, useEnvironmentSettings, useListStats, WEBHOOKS_MAX, webhooksQuery } from "./webhook_reads.ts";
import type { WebhooksSearch } from "./webhooks_search.ts";
import { WEBHOOK_HEALTHS, WEBHOOK_SORTS, WEBHOOK_STATES, webhooksSearch } from "./webhooks_search.ts";
import classes from "./webhooks.module.css";

/** `/a/…/webhooks`. */
export function WebhooksScreen() {
  const t = useT();
  const locale = useLocale();
  const tenant = useTenant();
  const webhooks = useQuery(webhooksQuery(tenant));
  const values = { count: countText(webhooks.data?.length ?? 0, locale), max: countText(WEBHOOKS_MAX, locale) };
  return (
    <>
      <PageTitle title={t("shell.nav.webhooks")}>
        {webhooks.data === undefined ? null : <Text size="sm">{t("webhooks.limit", values)}</Text>}
        <ApiCallButton
          id="listWebhooks"
          args={{ path: tenant }}
          also={[{ id: "listWebhookStats", args: { path: tenant } }]}
        />
        {webhooks.data?.length === 0 ? null : <AddButton isFull={(webhooks.data?.length ?? 0) >= WEBHOOKS_MAX} />}
      </PageTitle>
      <Loaded query={webhooks}>
        {(list) => (list.length === 0 ? <NoWebhooks /> : <WebhookList webhooks={list} />)}
      </Loaded>
    </>
  );
}

function AddButton({ isFull }: { isFull: boolean }) {
  const t = useT();
  const tenant = useTenant();
  const icon = <IconPlus size={16} stroke={1.8} aria-hidden />;
  if (isFull) return <Text size="sm">{t("webhooks.full", { max: WEBHOOKS_MAX })}</Text>;
  return (
    <Button component={Link} to="/a/$appId/$appEnv/webhooks/new" params={tenant as never} leftSection={icon}>
      {t("webhooks.add")}
    </Button>
  );
}

function NoWebhooks() {
  const t = useT();
  return (
    <Empty title={t("webhooks.empty.title")}>
      <Text maw={560}>{t("webhooks.empty.text")}</Text>
      <AddButton isFull={false} />
      <Text size="sm">{t("webhooks.empty.api")}</Text>
      <Code
        block
        lang="en"
      >{`POST /v4/applications/:appId/envs/:appEnv/webhooks\n{ "url": "https://example.com/webhooks" }`}</Code>
    </Empty>
  );
}

function WebhookList({ webhooks }: { webhooks: readonly Webhook[] }) {
  const t = useT();
  const navigate = useNavigate();
  const router = useRouter();
  const tenant = useTenant();
  const search = useWebhooksSearch();
  const change = useSearchChange();
  const stats = useListStats();
  const canReadStats = useCan("events");
  const topics = useCatalog().data ?? null;
  const settings = useEnvironmentSettings().data;
  const timeoutMs = settings === undefined ? null : (settings.timeoutMs ?? settings.server.timeoutMs);
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const all: WebhookRow[] = webhooks.map((webhook) => ({ webhook, stats: stats.data?.get(webhook._id) ?? null }));
  const rows = shownRows(all, search, timeoutMs);
  const selected = rows.filter(({ webhook }) => keys.has(webhook._id)).map(({ webhook }) => webhook);
  const pageOf = ({ webhook }: WebhookRow) =>
    ({ to: "/a/$appId/$appEnv/webhooks/$webhookId", params: { ...tenant, webhookId: webhook._id } }) as const;
  const chips = filterChips(t, search, change);
  const clear = (): void => change({ q: undefined, state: undefined, topic: undefined, health: undefined });
  return (
    <Stack gap="sm">
      <Filters search={search} />
      {canReadStats ? null : <Text size="sm">{t("webhooks.noStats")}</Text>}
      {stats.error === null ? null : (
        <Failure error={stats.error} onRetry={() => void stats.refetch()} dataAt={stats.dataUpdatedAt} />
      )}
      {rows.length === 0 ? (
        <NoMatch chips={chips} onClear={clear} />
      ) : (
        <>
          <FilterChips chips={chips} onClear={clear} />
          <DataTable
            label={t("shell.nav.webhooks")}
            columns={webhookColumns(t, { topics, timeoutMs })}
            rows={rows}
            rowKey={({ webhook }) => webhook._id}
            rowLabel={({ webhook }) => hostOf(webhook.url)}
            selection={{ keys, onChange: setKeys }}
            onOpen={(row) => void navigate(pageOf(row))}
            hrefOf={(row) => router.buildLocation(pageOf(row)).href}
            toolbar={<ExportMenu rows={rows} />}
          />
          <BulkBar webhooks={selected} topics={topics} onClear={() => setKeys(new Set())} />
        </>
      )}
    </Stack>
  );
}

function Filters({ search }: { search: WebhooksSearch }) {
  const t = useT();
  const change = useSearchChange();
  const topics = useCatalog().data;
  return (
    <Group
      align="end"
      gap="sm"
      className={classes["filters"] ?? ""}
      role="search"
      aria-label={t("webhooks.filter.label")}
    >
      <SearchField
        label={t("webhooks.filter.q")}
        placeholder={t("webhooks.filter.qHint")}
        value={search.q}
        onChange={(q) => change({ q })}
      />
      <NativeSelect
        label={t("webhooks.filter.state")}
        value={search.state ?? ""}
        data={[
          { value: "", label: t("webhooks.filter.any") },
          ...WEBHOOK_STATES.map((value) => ({ value, label: t(`webhooks.filter.state.${value}`) })),
        ]}
        onChange={(event) => change({ state: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        label={t("webhooks.filter.health")}
        value={search.health ?? ""}
        data={[
          { value: "", label: t("webhooks.filter.any") },
          ...WEBHOOK_HEALTHS.map((value) => ({ value, label: t(`webhooks.health.${value}`) })),
        ]}
        onChange={(event) => change({ health: event.currentTarget.value || undefined })}
      />
      <TopicSelect
        label={t("webhooks.filter.topic")}
        none={t("webhooks.filter.any")}
        topics={topics ?? {}}
        value={search.topic ?? ""}
        onChange={(topic) => change({ topic: topic || undefined })}
      />
      <NativeSelect
        label={t("webhooks.sort")}
        value={search.sort ?? ""}
        data={[
          { value: "", label: t("webhooks.sort.created") },
          ...WEBHOOK_SORTS.map((value) => ({ value, label: t(`webhooks.sort.${value}`) })),
        ]}
        onChange={(event) => change({ sort: event.currentTarget.value || undefined })}
      />
    </Group>
  );
}

/** The filters of the address. */
function useWebhooksSearch(): WebhooksSearch {
  return webhooksSearch(useSearch({ strict: false }));
}

function filterChips(t: Translate, search: WebhooksSearch, change: ReturnType<typeof useSearchChange>): FilterChip[] {
  const { q, state, topic, health } = search;
  const shown = {
    q: q === undefined ? undefined : t("webhooks.chip.q", { q }),
    state: state === undefined ? undefined : t("webhooks.chip.state", { state: t(`webhooks.filter.state.${state}`) }),
    topic: topic === undefined ? undefined : t("webhooks.chip.topic", { topic }),
    health: health === undefined ? undefined : t("webhooks.chip.health", { health: t(`webhooks.health.${health}`) }),
  };
  return Object.entries(shown).flatMap(([id, label]) =>
    label === undefined ? [] : [{ id, label, onRemove: () => change({ [id]: undefined }) }],
  );
}
