/**
 * The languages: typed message ids, ICU messages, loaded by language. English is the source of the ids; French has to have
 * the same ones, which the compiler and a test check.
 */
import { setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { useLingui } from "@lingui/react";
import { en } from "./en/en.ts";

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

/** The one instance, for the provider. */
export const i18n = setupI18n();
i18n.setMessagesCompiler(compileMessage);

/** The language wished for: chosen before, or the browser's. */
export function preferredLocale(): Locale {
  const stored = localStorage.getItem(STORAGE_KEY);
  const wanted = stored ?? navigator.language.slice(0, 2);
  return LOCALES.find((locale) => locale === wanted) ?? "en";
}

/** Loads a language and puts it in force; remembered for the next visit. */
export async function activateLocale(locale: Locale): Promise<void> {
  const messages: Messages = locale === "fr" ? (await import("./fr/fr.ts")).fr : en;
  i18n.loadAndActivate({ locale, messages });
  document.documentElement.lang = locale;
  localStorage.setItem(STORAGE_KEY, locale);
}

/** The translating function of the language in force; the component renders again when it changes. */
export function useT(): Translate {
  const { i18n: active } = useLingui();
  return (id, values) => active._(id, values);
}

/** The language in force. */
export function useLocale(): Locale {
  return useLingui().i18n.locale as Locale; // activateLocale activates no other
}
