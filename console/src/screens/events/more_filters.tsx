/** The filters of a list of events that are on demand: topic, action, nature, code, webhook, attempts, test events. */
import { Autocomplete, Group, NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { LAST_CODES } from "../../parts/failure_words.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useCatalog } from "../webhooks/webhook_reads.ts";
import { codeText } from "./code_text.ts";
import type { EventsSearch } from "./events_search.ts";
import { eventsSearch, NATURES } from "./events_search.ts";

/** Changes are in the address at once. `webhookId`: null where the list has the events of all webhooks. */
export function MoreFilters({ search, webhookId }: { search: EventsSearch; webhookId: string | null }) {
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
      <NativeSelect
        label={t("events.filter.nature")}
        value={search.nature ?? ""}
        onChange={({ currentTarget }) => change({ nature: NATURES.find((nature) => nature === currentTarget.value) })}
        data={[any, ...NATURES.map((nature) => ({ value: nature, label: t(`event.nature.${nature}`) }))]}
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
      data={LAST_CODES.toReversed()}
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
