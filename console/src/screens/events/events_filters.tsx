/** The filters of a list of events: search and range at hand, the others on demand, and a chip for each in force. */
import { Autocomplete, Badge, Button, Collapse, Group, NativeSelect, NumberInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useState } from "react";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import { FAILURE_WORDS, failureWord, wordMessages } from "../../parts/failure_words.ts";
import type { FilterChip } from "../../parts/filter_chips.tsx";
import { labelText } from "../../parts/label_text.ts";
import { RangePicker } from "../../parts/range_picker.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { SearchField } from "../../parts/search_field.tsx";
import { useTimeFormat } from "../../parts/time_zone.ts";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useCatalog } from "../webhooks/webhook_reads.ts";
import type { ChipName } from "./events_filter.ts";
import { chipsOf, STANDARD_RANGE, withoutChip, withoutFilters } from "./events_filter.ts";
import type { EventsSearch } from "./events_search.ts";
import { eventsSearch } from "./events_search.ts";

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
      <Collapse expanded={isOpen}>
        <MoreFilters search={search} webhookId={webhookId} />
      </Collapse>
    </>
  );
}

function MoreFilters({ search, webhookId }: { search: EventsSearch; webhookId: string | null }) {
  const t = useT();
  const change = useSearchChange();
  const { data: topics = {} } = useCatalog();
  const { webhooks } = useWebhookNames();
  const any = { value: "", label: t("events.filter.any") };
  const actions = Object.keys(topics[search.topic ?? ""]?.actions ?? {});
  const given = (value: string): string | undefined => (value === "" ? undefined : value);
  return (
    <Group gap="sm" align="end">
      <NativeSelect
        label={t("events.filter.topic")}
        value={search.topic ?? ""}
        onChange={({ currentTarget }) => change({ topic: given(currentTarget.value), action: undefined })}
        data={[any, ...withOwn(Object.keys(topics), search.topic)]}
      />
      <NativeSelect
        label={t("events.filter.action")}
        value={search.action ?? ""}
        disabled={search.topic === undefined && search.action === undefined}
        onChange={({ currentTarget }) => change({ action: given(currentTarget.value) })}
        data={[any, ...withOwn(actions, search.action)]}
      />
      <CodeField key={search.code} value={search.code} onChange={(code) => change({ code })} />
      {webhookId === null && webhooks.length > 0 ? (
        <NativeSelect
          label={t("events.filter.webhook")}
          maw={300}
          value={search.webhook ?? ""}
          onChange={({ currentTarget }) => change({ webhook: given(currentTarget.value) })}
          data={[
            any,
            ...webhooks.map(({ id, name }) => ({ value: id, label: name })),
            ...withOwn([], webhooks.some(({ id }) => id === search.webhook) ? undefined : search.webhook),
          ]}
        />
      ) : null}
      <NumberInput
        label={t("events.filter.attempts")}
        w={170}
        min={1}
        max={1_000}
        allowDecimal={false}
        value={search.attempts ?? ""}
        onChange={(value) => change({ attempts: typeof value === "number" && value >= 1 ? value : undefined })}
        hideControls
      />
      <NativeSelect
        label={t("events.filter.test")}
        value={search.test ?? ""}
        onChange={({ currentTarget }) => change({ test: given(currentTarget.value) })}
        data={[
          any,
          { value: "true", label: t("events.filter.test.true") },
          { value: "false", label: t("events.filter.test.false") },
        ]}
      />
    </Group>
  );
}

/** A value of the address that is not among the known ones can be seen, too. */
function withOwn(values: readonly string[], own: string | undefined): string[] {
  return own === undefined || values.includes(own) ? [...values] : [...values, own];
}

/** A status, a class of statuses or a failure: typed, or chosen by its name. */
function CodeField({ value, onChange }: { value: string | undefined; onChange: (code: string | undefined) => void }) {
  const t = useT();
  const [text, setText] = useState(value ?? "");
  const [isWrong, setWrong] = useState(false);
  const tell = (next: string): void => {
    const typed = next.trim();
    const code = /^[1-5]xx$/i.test(typed) ? typed.toLowerCase() : typed.toUpperCase();
    const isKnown = code === "" || eventsSearch({ code }).code === code;
    setWrong(!isKnown);
    if (isKnown) onChange(code === "" ? undefined : code);
  };
  return (
    <Autocomplete
      label={t("events.filter.code")}
      placeholder={t("events.filter.codeHint")}
      w={240}
      maxDropdownHeight={320}
      value={text}
      onChange={setText}
      onOptionSubmit={tell}
      onBlur={() => tell(text)}
      onKeyDown={({ key }) => {
        if (key === "Enter") tell(text);
      }}
      error={isWrong ? t("events.filter.codeWrong") : undefined}
      data={FAILURE_WORDS.toReversed()}
      renderOption={({ option }) => codeText(t, option.value)}
      filter={({ options, search }) =>
        options.filter((option) => {
          const words = "value" in option ? codeText(t, option.value) : "";
          return words.toLowerCase().includes(search.trim().toLowerCase());
        })
      }
      clearable
      clearButtonProps={{ "aria-label": t("parts.clearFilters") }}
      onClear={() => onChange(undefined)}
    />
  );
}

/** "TLS_EXPIRED · Certificate expired"; a status already has its number in its name. */
function codeText(t: Translate, code: string): string {
  const word = failureWord(code);
  if (word === null) return labelText(code);
  const name = t(wordMessages(word).name);
  return name.startsWith(code) ? name : `${code} · ${name}`;
}

/** The filters in force, and how to end them all. */
export function useEventChips(
  search: EventsSearch,
  webhookId: string | null,
): { chips: FilterChip[]; onClear: () => void } {
  const t = useT();
  const change = useSearchChange();
  const { nameOf } = useWebhookNames();
  const time = useTimeFormat({ dateStyle: "short", timeStyle: "short" });
  const bound = (at: string | undefined): string => (at === undefined ? "…" : time(new Date(at)));
  const valueOf = (name: ChipName): string => {
    switch (name) {
      case "range":
        return search.from === undefined && search.to === undefined
          ? t(`parts.range.${search.range ?? STANDARD_RANGE}`)
          : `${bound(search.from)} – ${bound(search.to)}`;
      case "webhook":
        return nameOf(search.webhook ?? "");
      case "code":
        return codeText(t, search.code ?? "");
      case "test":
        return t(`events.filter.test.${search.test ?? "true"}`);
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
    label: t("events.chip", { name: t(`events.chip.${name}`), value: valueOf(name) }),
    onRemove: () => change(withoutChip(name)),
  }));
  return { chips, onClear: () => change(withoutFilters()) };
}
