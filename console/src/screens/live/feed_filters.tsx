/** What of the live feed is shown: topic, status, webhook; all of it in the address. */
import { Group, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import type { FilterChip } from "../../parts/filter_chips.tsx";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import type { LiveFilter } from "./live_search.ts";
import { LIVE_STATUSES } from "./live_search.ts";

/** Changes of the address; what is undefined is taken out of it. */
function useFilterChange(): (change: { [Name in keyof LiveFilter]: LiveFilter[Name] | undefined }) => void {
  const navigate = useNavigate();
  return (change) => {
    const search = (old: object) => ({ ...old, ...change });
    void navigate({ to: ".", search: search as never, replace: true }); // names of this route's search
  };
}

/** One choice for each. */
export function FeedFilters({ search }: { search: LiveFilter }) {
  const t = useT();
  const change = useFilterChange();
  const { webhooks, nameOf } = useWebhookNames();
  const catalog = useQuery({ queryKey: ["catalog"], queryFn: ({ signal }) => call("getCatalog", { signal }) });
  const topics = new Set(Object.keys(catalog.data?.topics ?? {}));
  if (search.topic !== undefined) topics.add(search.topic);
  const endpoints = webhooks.map(({ id, name }) => ({ value: id, label: name }));
  if (search.webhook !== undefined && !webhooks.some(({ id }) => id === search.webhook)) {
    endpoints.push({ value: search.webhook, label: nameOf(search.webhook) });
  }
  return (
    <Group gap="sm" align="end">
      <NativeSelect
        label={t("live.topic")}
        value={search.topic ?? ""}
        data={[{ value: "", label: t("live.topic.all") }, ...topics]}
        onChange={({ currentTarget }) =>
          change({ topic: currentTarget.value === "" ? undefined : currentTarget.value })
        }
      />
      <NativeSelect
        label={t("live.status")}
        value={search.status ?? ""}
        data={[
          { value: "", label: t("live.status.all") },
          ...LIVE_STATUSES.map((value) => ({ value, label: statusText(t, value) })),
        ]}
        onChange={({ currentTarget }) =>
          change({ status: LIVE_STATUSES.find((status) => status === currentTarget.value) })
        }
      />
      <NativeSelect
        label={t("live.webhook")}
        maw={320}
        value={search.webhook ?? ""}
        data={[{ value: "", label: t("live.webhook.all") }, ...endpoints]}
        onChange={({ currentTarget }) =>
          change({ webhook: currentTarget.value === "" ? undefined : currentTarget.value })
        }
      />
    </Group>
  );
}

/** The filters in force, and how to end them all. */
export function useFilterChips(search: LiveFilter): { chips: FilterChip[]; onClear: () => void } {
  const t = useT();
  const change = useFilterChange();
  const { nameOf } = useWebhookNames();
  const chip = (id: keyof LiveFilter, value: string): FilterChip => ({
    id,
    label: t("parts.chip", { name: t(`live.${id}`), value }),
    onRemove: () => change({ [id]: undefined }),
  });
  const chips = [
    ...(search.topic === undefined ? [] : [chip("topic", search.topic)]),
    ...(search.status === undefined ? [] : [chip("status", statusText(t, search.status))]),
    ...(search.webhook === undefined ? [] : [chip("webhook", nameOf(search.webhook))]),
  ];
  return { chips, onClear: () => change({ topic: undefined, status: undefined, webhook: undefined }) };
}

const STATUS_WORDS = { pending: "status.PENDING", passed: "status.SUCCESS", failed: "status.FAILED" } as const;

function statusText(t: Translate, status: (typeof LIVE_STATUSES)[number]): string {
  return t(STATUS_WORDS[status]);
}
