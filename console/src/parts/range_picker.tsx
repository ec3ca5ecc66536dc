/** Chooses a range of time: a name, or two times. */
import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useT } from "../i18n/i18n.ts";
import { useFieldText } from "./field_text.ts";
import { fieldTime, timeOfField } from "./local_time.ts";
import type { RangeName, RangeSearch } from "./range.ts";
import { RANGES } from "./range.ts";
import { useTimeZone } from "./time_zone.ts";

/** Nothing is older. A year that is being typed begins with such ones: 0002, 0020, 0202. */
const FIRST_TIME = "2000-01-01T00:00:00.000Z";

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
          <TimeField
            label={t("parts.range.from")}
            value={value.from}
            onChange={(from) => onChange({ range: undefined, from, to: value.to })}
          />
          <TimeField
            label={t("parts.range.to")}
            value={value.to}
            onChange={(to) => onChange({ range: undefined, from: value.from, to })}
          />
        </>
      ) : null}
    </Group>
  );
}

/** To the minute, in the time zone that the page shows. One that is left empty sets no bound. */
function TimeField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (at: string | undefined) => void;
}) {
  const { timeZone } = useTimeZone();
  const { text, setText, tell } = useFieldText(value === undefined ? "" : fieldTime(Date.parse(value), timeZone));
  const type = (typed: string): void => {
    setText(typed);
    const at = timeOfField(typed, timeZone);
    if (at === null || at < FIRST_TIME) return;
    tell(typed);
    onChange(at);
  };
  // A field that is half filled in has no value either, so nothing is taken away before one leaves it.
  const leave = (): void => {
    if (text !== "" || value === undefined) return;
    tell("");
    onChange(undefined);
  };
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={text}
      max="9999-12-31T23:59"
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={leave}
    />
  );
}
