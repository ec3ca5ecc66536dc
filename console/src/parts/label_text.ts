/** Texts of other people inside labels and sentences of ours: URLs, descriptions, ids. */

/** Controls, and the marks that turn the direction of writing: with them a text could show as another one. */
const DECEIVING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The text without what cannot be seen in it. For showing only: never for what is sent. */
export function labelText(text: string): string {
  return text.replaceAll(DECEIVING, "");
}

/** The host and port of a URL, in the ASCII form that is connected to; the text itself where it is no URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : labelText(url);
}
