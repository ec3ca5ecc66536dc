/** Chooses a range of time: a name, or two times. */
import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useT } from "../i18n/i18n.ts";
import type { RangeName, RangeSearch } from "./range.ts";
import { RANGES } from "./range.ts";

/** `standard` is what holds when the address names none. */
export function RangePicker({
  value,
  standard,
  names = RANGES,
  onChange,
}: {
  value: RangeSearch;
  standard: RangeName;
  names?: readonly RangeName[];
  onChange: (range: { range: RangeName | undefined; from: string | undefined; to: string | undefined }) => void;
}) {
  const t = useT();
  const isCustom = value.from !== undefined || value.to !== undefined;
  const choose = (name: string): void => {
    if (name !== "custom")
      return onChange({ range: names.find((each) => each === name), from: undefined, to: undefined });
    onChange({ range: undefined, from: new Date(Date.now() - 86_400_000).toISOString(), to: undefined });
  };
  const time = (text: string): string | undefined => (text === "" ? undefined : new Date(text).toISOString());
  return (
    <Group gap="xs" align="end">
      <NativeSelect
        label={t("parts.range")}
        value={isCustom ? "custom" : (value.range ?? standard)}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[...names, "custom" as const].map((name) => ({ value: name, label: t(`parts.range.${name}`) }))}
      />
      {isCustom ? (
        <>
          <TextInput
            type="datetime-local"
            label={t("parts.range.from")}
            value={fieldText(value.from)}
            onChange={(event) => onChange({ range: undefined, from: time(event.currentTarget.value), to: value.to })}
          />
          <TextInput
            type="datetime-local"
            label={t("parts.range.to")}
            value={fieldText(value.to)}
            onChange={(event) => onChange({ range: undefined, from: value.from, to: time(event.currentTarget.value) })}
          />
        </>
      ) : null}
    </Group>
  );
}

/** What a datetime-local field shows for a time: local, to the minute. */
function fieldText(at: string | undefined): string {
  if (at === undefined) return "";
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
