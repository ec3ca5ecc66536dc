/** Local time or UTC: in the address as `tz=utc`, so that a shared link shows the same times. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useLocale } from "../i18n/i18n.ts";
import { dateWriter } from "./formatters.ts";

/** Which one is shown. */
export type TimeZone = "local" | "utc";

/** The time zone of the page, and how to change it. */
export function useTimeZone(): { timeZone: TimeZone; setTimeZone: (timeZone: TimeZone) => void } {
  const { tz } = useSearch({ strict: false });
  const navigate = useNavigate();
  return {
    timeZone: tz === "utc" ? "utc" : "local",
    setTimeZone: (timeZone) => {
      const search = (old: object) => ({ ...old, tz: timeZone === "utc" ? "utc" : undefined });
      void navigate({ to: ".", search: search as never, replace: true }); // `tz` is the root's: every route has it
    },
  };
}

/** Writes a time of day and date in the language and the time zone of the page; the same function until one of them changes. */
export function useTimeFormat(options: Intl.DateTimeFormatOptions): (at: Date) => string {
  const locale = useLocale();
  const { timeZone } = useTimeZone();
  return dateWriter(locale, timeZone === "utc" ? { ...options, timeZone: "UTC" } : options);
}
