/** Local time or UTC at one press, in the bar. Where the bar is too narrow for it, the account menu has the same choice. */
import { SegmentedControl } from "@mantine/core";
import { useT } from "../i18n/i18n.ts";
import { useTimeZone } from "../parts/time_zone.ts";

/** Of the times on all pages. */
export function TimeZoneToggle() {
  const t = useT();
  const { timeZone, setTimeZone } = useTimeZone();
  return (
    <SegmentedControl
      size="xs"
      visibleFrom="md"
      aria-label={t("shell.timeZone")}
      value={timeZone}
      onChange={setTimeZone}
      data={(["local", "utc"] as const).map((value) => ({ value, label: t(`shell.timeZone.short.${value}`) }))}
    />
  );
}
