/** Where to go after the sign-in: an address in a link must not lead away from the console. */

/** The path of `wanted` when it is one of `origin`, else `/`. */
export function ownPath(wanted: string | undefined, origin: string): string {
  if (wanted === undefined || !wanted.startsWith("/") || !URL.canParse(wanted, origin)) return "/";
  const url = new URL(wanted, origin);
  const path = url.pathname + url.search + url.hash;
  // What resolves to two slashes would name another host when it is resolved once more.
  return url.origin === origin && !path.startsWith("//") ? path : "/";
}
