/**
 * The languages: typed message ids, loaded by language and area of the console. English is the source of the ids; French has
 * to have the same ones, which the compiler and a test check. The build compiles the messages.
 */
import type { Messages as CompiledMessages } from "@lingui/core";
import { setupI18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import type { en } from "./en/en.ts";

/** The languages of the console. */
export const LOCALES = ["en", "fr"] as const;
/** One of them. */
export type Locale = (typeof LOCALES)[number];
/** The id of a message. */
export type MessageId = keyof typeof en;
/** What a language has to say for every id. */
export type Messages = Record<MessageId, string>;
/** Translates a message with the values that it names. */
export type Translate = (id: MessageId, values?: Record<string, string | number>) => string;

const STORAGE_KEY = "ignisign-locale";

/** Each file of messages, by its path such as `./en/shell.ts`, compiled. */
const FILES = import.meta.glob<CompiledMessages>(["./en/*.ts", "./fr/*.ts", "!./en/en.ts", "!./fr/fr.ts"], {
  import: "default",
});

/** The one instance, for the provider. */
export const i18n = setupI18n();

/** The areas that are shown or were: a language that is switched to needs them at once. */
const areasInUse = new Set<string>(["shell", "parts", "problems"]);

/** The language wished for: chosen before, or the browser's. */
export function preferredLocale(): Locale {
  const stored = localStorage.getItem(STORAGE_KEY);
  const wanted = stored ?? navigator.language.slice(0, 2);
  return LOCALES.find((locale) => locale === wanted) ?? "en";
}

/** Loads a language for the areas in use and puts it in force; remembered for the next visit. */
export async function activateLocale(locale: Locale): Promise<void> {
  await loadMessages(locale, [...areasInUse]);
  i18n.activate(locale);
  document.documentElement.lang = locale;
  localStorage.setItem(STORAGE_KEY, locale);
}

/** Loads the messages of areas in the language in force: for a screen, before it is shown. */
export async function loadAreas(areas: readonly string[]): Promise<void> {
  const missing = areas.filter((area) => !areasInUse.has(area));
  for (const area of missing) areasInUse.add(area);
  await loadMessages(i18n.locale, areas);
}

async function loadMessages(locale: string, areas: readonly string[]): Promise<void> {
  const loads = areas.map(async (area) => FILES[`./${locale}/${area}.ts`]?.());
  for (const messages of await Promise.all(loads)) if (messages !== undefined) i18n.load(locale, messages);
}

/** One function for each language, so that what depends on it alone is made anew only when the language changes. */
const translators = new Map<string, Translate>();

/** The translating function of the language in force; the component renders again when it changes. */
export function useT(): Translate {
  const { locale } = useLingui().i18n;
  const translate = translators.get(locale) ?? ((id, values) => i18n._(id, values));
  translators.set(locale, translate);
  return translate;
}

/** The language in force. */
export function useLocale(): Locale {
  return useLingui().i18n.locale as Locale; // activateLocale activates no other
}
