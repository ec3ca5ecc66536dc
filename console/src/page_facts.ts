/** What the server wrote into index.html for this one answer. */

/** The nonce that styles and scripts of this page need. Browsers hide it from the attribute, not from the property. */
export function pageNonce(): string {
  const element = document.querySelector<HTMLElement>("script[nonce], meta[property=csp-nonce]");
  return element?.nonce || element?.getAttribute("nonce") || "";
}

/** Whether the page came with the cookie of a live session: if not, asking for it would only fail. */
export function hadSession(): boolean {
  return metaContent("ignisign-session") !== "no";
}

/** Whether the page came over plain http from another machine, so that no key must be typed into it. */
export function isInsecure(): boolean {
  return metaContent("ignisign-insecure") === "yes";
}

function metaContent(name: string): string | null {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? null;
}
