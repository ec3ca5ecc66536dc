/** What the palette does by itself, on every page: theme, language, how times are written, sign-out. */
import { useMantineColorScheme } from "@mantine/core";
import { activateLocale, LOCALES, useLocale, useT } from "../i18n/i18n.ts";
import { useTimeZone } from "../parts/time_zone.ts";
import type { PaletteEntry } from "./palette_entries.ts";
import { useSignOut } from "./sign_out.ts";
import { SCHEMES } from "./theme_and_language.tsx";

const TIME_ZONES = ["local", "utc"] as const;

/** What is in force already is not offered. */
export function usePaletteActions(): PaletteEntry[] {
  const t = useT();
  const locale = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { timeZone, setTimeZone } = useTimeZone();
  const signOut = useSignOut();
  const group = t("palette.group.actions");
  const schemes = SCHEMES.filter((scheme) => scheme !== colorScheme).map((scheme) => ({
    id: `theme ${scheme}`,
    label: t("parts.chip", { name: t("shell.theme"), value: t(`shell.theme.${scheme}`) }),
    group,
    run: () => setColorScheme(scheme),
  }));
  const languages = LOCALES.filter((other) => other !== locale).map((other) => ({
    id: `language ${other}`,
    label: t("parts.chip", { name: t("shell.language"), value: t(`shell.language.${other}`) }),
    group,
    run: () => void activateLocale(other),
  }));
  const timeZones = TIME_ZONES.filter((other) => other !== timeZone).map((other) => ({
    id: `times ${other}`,
    label: t("parts.chip", { name: t("shell.timeZone"), value: t(`shell.timeZone.${other}`) }),
    group,
    run: () => setTimeZone(other),
  }));
  const leave = { id: "signOut", label: t("shell.signOut"), group, run: () => void signOut() };
  return [...schemes, ...languages, ...timeZones, leave];
}
