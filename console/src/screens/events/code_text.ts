/** What came of an event's last attempt, in words: a status, a class of statuses or a failure. */
import type { Translate } from "../../i18n/i18n.ts";
import { failureWord, wordMessages } from "../../parts/failure_words.ts";
import { labelText } from "../../parts/label_text.ts";

/** "TLS_EXPIRED · Certificate expired"; a status already has its number in its name. */
export function codeText(t: Translate, code: string): string {
  const word = failureWord(code);
  if (word === null) return labelText(code);
  const name = t(wordMessages(word).name);
  return name.startsWith(code) ? name : `${code} · ${name}`;
}
