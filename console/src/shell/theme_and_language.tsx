/** The two choices that a person makes once: light or dark, and the language. */
import { Group, NativeSelect, useMantineColorScheme } from "@mantine/core";
import type { MantineColorScheme } from "@mantine/core";
import type { Locale } from "../i18n/i18n.ts";
import { activateLocale, LOCALES, useLocale, useT } from "../i18n/i18n.ts";

/** The themes, in their order. */
export const SCHEMES = ["auto", "light", "dark"] as const satisfies readonly MantineColorScheme[];

/** Both, side by side. */
export function ThemeAndLanguage() {
  const t = useT();
  const locale = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group grow align="end">
      <NativeSelect
        size="sm"
        label={t("shell.theme")}
        value={colorScheme}
        onChange={(event) => setColorScheme(event.currentTarget.value as MantineColorScheme)} // one of SCHEMES
        data={SCHEMES.map((value) => ({ value, label: t(`shell.theme.${value}`) }))}
      />
      <NativeSelect
        size="sm"
        label={t("shell.language")}
        value={locale}
        onChange={(event) => void activateLocale(event.currentTarget.value as Locale)} // one of LOCALES
        data={LOCALES.map((value) => ({ value, label: t(`shell.language.${value}`) }))}
      />
    </Group>
  );
}
