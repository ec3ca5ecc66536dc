/**
 * A receiver may say back what it was sent, as debugging endpoints do. The values of a webhook's custom headers are hidden
 * from everybody and encrypted where they are stored, so they must not come into the history by this way. Pure.
 */
import type { HeaderPair } from "../domain/values.ts";

const MASK = "***";
/** Shorter values are no secrets worth the name, and are found in many a text by chance. */
const VALUE_CHARS_MIN = 8;

/** The parts of an answer that are kept; of the body its bytes, one a character, for it may be no text at all. */
export type KeptAnswer = { statusText: string; headers: readonly HeaderPair[]; body: string };

/** The answer with each value of these headers masked, also where the end of the body cuts it off. */
export function maskEchoes(answer: KeptAnswer, customHeaders: readonly HeaderPair[]): KeptAnswer {
  if (customHeaders.length === 0) return answer;
  const values = customHeaders
    .map(([, value]) => value.trim())
    .filter((value) => value.length >= VALUE_CHARS_MIN)
    .sort((one, other) => other.length - one.length); // one may be a part of another, whose rest would stay
  if (values.length === 0) return answer;
  const mask = (text: string): string => values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  return {
    statusText: mask(answer.statusText),
    headers: answer.headers.map(([name, value]): HeaderPair => [mask(name), mask(value)]),
    body: withoutCutEnd(mask(answer.body), values),
  };
}

function withoutCutEnd(text: string, values: readonly string[]): string {
  for (const value of values) {
    for (let chars = value.length - 1; chars >= VALUE_CHARS_MIN; chars--) {
      if (text.endsWith(value.slice(0, chars))) return text.slice(0, -chars) + MASK;
    }
  }
  return text;
}
