/**
 * Text as PostgreSQL can hold it. It has no U+0000, which JSON text never has but as an escape: in any other text it becomes
 * U+FFFD, when it is stored and when it is searched for alike.
 */

/** The text with U+FFFD in place of U+0000. */
export function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}
