/** What a person chooses for this browser: theme, language, how times are written, single-key shortcuts. */
import { NativeSelect, Stack, Switch } from "@mantine/core";
import { useT } from "../i18n/i18n.ts";
import { useTimeZone } from "../parts/time_zone.ts";
import { useShortcuts } from "./shortcuts.tsx";
import { ThemeAndLanguage } from "./theme_and_language.tsx";

/** One below the other; each holds at once. */
export function PersonalChoices() {
  const t = useT();
  const shortcuts = useShortcuts();
  const { timeZone, setTimeZone } = useTimeZone();
  return (
    <Stack gap="sm">
      <ThemeAndLanguage />
      <NativeSelect
        label={t("shell.timeZone")}
        value={timeZone}
        onChange={(event) => setTimeZone(event.currentTarget.value === "utc" ? "utc" : "local")}
        data={(["local", "utc"] as const).map((value) => ({ value, label: t(`shell.timeZone.${value}`) }))}
      />
      <Switch
        label={t("shell.shortcutsOn")}
        checked={shortcuts.isEnabled()}
        onChange={(event) => shortcuts.setEnabled(event.currentTarget.checked)}
      />
    </Stack>
  );
}
