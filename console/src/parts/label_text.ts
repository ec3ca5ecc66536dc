/** Texts of others as labels: what would turn or hide their neighbours is left out. */

/** Controls, and the characters that change the direction of writing or have no width. */
const MISLEADING = /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

/** The text without characters that make it read as another one; for showing only, never for sending. */
export function labelText(text: string): string {
  return text.replaceAll(MISLEADING, "");
}

/** Host and port of a URL as they are connected to (a foreign name in punycode); the text itself where it is no URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : labelText(url);
}
