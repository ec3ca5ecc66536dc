/**
 * Takes what looks like a secret out of text that is about to be printed. The last wall: nothing secret is handed to the log
 * in the first place, but an error's message, a path or a setting may hold what somebody has put there by mistake.
 */

const SHOWN = "[secret]";

/** Each with what stays of it, so that it is still known what it was. In a path, characters may be percent-encoded. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(skv2_[a-z]{1,16}_[0-9a-f-]{36}_)[\w.~+/=%-]+/g, `$1${SHOWN}`],
  [/\b(wvt_)[\w-]{16,}/g, `$1${SHOWN}`],
  [/\b(whsec_|whsk_)[\w+/=%-]{16,}/g, `$1${SHOWN}`],
  [/\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g, SHOWN],
  [/\b((?:__Host-)?ignisign_session=)[\w-]+/g, `$1${SHOWN}`],
  [/\b(bearer +)[^\s"\\]+/gi, `$1${SHOWN}`],
  // User name and password of a URL, also of one that was taken for a path and lost a slash.
  [/(:\/{1,2})[^\s/?#"\\]*@/g, `$1${SHOWN}@`],
];

/** The text without secrets. JSON stays JSON. */
export function redacted(text: string): string {
  return PATTERNS.reduce((shown, [pattern, mask]) => shown.replaceAll(pattern, mask), text);
}
