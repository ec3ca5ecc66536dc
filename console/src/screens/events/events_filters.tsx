/** The filters of a list of events: search and range at hand, the others on demand, and a chip for each in force. */
import { Badge, Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { lazy, Suspense } from "react";
import { useT } from "../../i18n/i18n.ts";
import type { FilterChip } from "../../parts/filter_chips.tsx";
import { labelText } from "../../parts/label_text.ts";
import { RangePicker } from "../../parts/range_picker.tsx";
import { useRangeText } from "../../parts/range_text.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { SearchField } from "../../parts/search_field.tsx";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { codeText } from "./code_text.ts";
import type { ChipName } from "./events_filter.ts";
import { chipsOf, STANDARD_RANGE, withoutChip, withoutFilters } from "./events_filter.ts";
import type { EventsSearch } from "./events_search.ts";

const MoreFilters = lazy(async () => ({ default: (await import("./more_filters.tsx")).MoreFilters }));

/** Changes are in the address at once. `children` are what else can be done with what is shown. */
export function EventsFilters({
  search,
  webhookId,
  children,
}: {
  search: EventsSearch;
  webhookId: string | null;
  children: ReactNode;
}) {
  const t = useT();
  const change = useSearchChange();
  const hidden = chipsOf(search, webhookId).filter((name) => name !== "q" && name !== "range");
  const [isOpen, { toggle }] = useDisclosure(hidden.length > 0);
  return (
    <>
      <Group gap="sm" justify="space-between" align="end">
        <Group gap="sm" align="end" role="search" aria-label={t("events.filters")}>
          <SearchField
            label={t("events.filter.q")}
            placeholder={t("events.filter.qHint")}
            value={search.q}
            onChange={(q) => change({ q })}
          />
          <RangePicker value={search} standard={STANDARD_RANGE} onChange={change} />
          <Button
            variant="default"
            leftSection={<IconFilter size={16} stroke={1.6} aria-hidden />}
            rightSection={hidden.length === 0 ? null : <Badge circle>{hidden.length}</Badge>}
            aria-expanded={isOpen}
            onClick={toggle}
          >
            {t("events.filter.more")}
          </Button>
        </Group>
        <Group gap="xs">{children}</Group>
      </Group>
      <Suspense>{isOpen ? <MoreFilters search={search} webhookId={webhookId} /> : null}</Suspense>
    </>
  );
}

/** The filters in force, and how to end them all. */
export function useEventChips(
  search: EventsSearch,
  webhookId: string | null,
): { chips: FilterChip[]; onClear: () => void } {
  const t = useT();
  const change = useSearchChange();
  const { nameOf } = useWebhookNames();
  const rangeText = useRangeText();
  const valueOf = (name: ChipName): string => {
    switch (name) {
      case "range":
        return rangeText(search, STANDARD_RANGE);
      case "webhook":
        return nameOf(search.webhook ?? "");
      case "code":
        return codeText(t, search.code ?? "");
      case "test":
        return t(`events.filter.test.${search.test ?? "true"}`);
      case "nature":
        return t(`event.nature.${search.nature ?? "SUCCESS"}`);
      case "attempts":
        return `≥ ${search.attempts ?? 1}`;
      case "q":
      case "topic":
      case "action":
        return labelText(search[name] ?? "");
    }
  };
  const chips = chipsOf(search, webhookId).map((name) => ({
    id: name,
    label: t("parts.chip", { name: t(`events.chip.${name}`), value: valueOf(name) }),
    onRemove: () => change(withoutChip(name)),
  }));
  return { chips, onClear: () => change(withoutFilters()) };
}
