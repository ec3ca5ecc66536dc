/** A time as people say it ("3 min ago"), with the exact one on hover and focus. */
import { useLocale } from "../i18n/i18n.ts";
import { numberFormat, relativeFormat } from "./formatters.ts";
import { useHint } from "./hint.tsx";
import { useNow } from "./now.ts";
import { useTimeFormat, useTimeZone } from "./time_zone.ts";

const STEPS = [
  { unit: "second", ms: 1_000, until: 60_000 },
  { unit: "minute", ms: 60_000, until: 3_600_000 },
  { unit: "hour", ms: 3_600_000, until: 86_400_000 },
  { unit: "day", ms: 86_400_000, until: 30 * 86_400_000 },
] as const;

/** `at` is RFC 3339. Past and future times; older than 30 days as a date. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const locale = useLocale();
  const exact = useTimeFormat({ dateStyle: "medium", timeStyle: "long" });
  const date = new Date(at);
  const { target, hint } = useHint(() => `${exact(date)} (${at})`);
  return (
    <>
      <time dateTime={at} tabIndex={0} {...target}>
        {relativeText(date.getTime() - now, locale) ?? exact(date)}
      </time>
      {hint}
    </>
  );
}

/** `at` is RFC 3339; the date and time to the millisecond. UTC is named, one's own time zone is not. */
export function ExactTime({ at }: { at: string }) {
  const { timeZone } = useTimeZone();
  const exact = useTimeFormat({
    timeZoneName: timeZone === "utc" ? "short" : undefined,
    year: "numeric",
    month: "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
  return (
    <time dateTime={at} title={at}>
      {exact(new Date(at))}
    </time>
  );
}

/** "3 min ago", "in 5 min"; null beyond 30 days. `ms` is negative for the past. */
export function relativeText(ms: number, locale: string): string | null {
  const step = STEPS.find(({ until }) => Math.abs(ms) < until);
  if (step === undefined) return null;
  return relativeFormat(locale).format(Math.trunc(ms / step.ms), step.unit);
}

/** A duration as people write it: `12 ms`, `1.2 s`, `3 min`, `2 h`. */
export function durationText(ms: number, locale: string): string {
  const units = [
    { unit: "day", ms: 86_400_000 },
    { unit: "hour", ms: 3_600_000 },
    { unit: "minute", ms: 60_000 },
    { unit: "second", ms: 1_000 },
  ] as const;
  const { unit, ms: size } = units.find((candidate) => ms >= candidate.ms) ?? { unit: "millisecond", ms: 1 };
  const maximumFractionDigits = unit === "millisecond" ? (ms < 10 ? 1 : 0) : 1;
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits } as const;
  return numberFormat(locale, style).format(ms / size);
}
