/** A signed request as a command line that sends it by hand. */
import type { Answer } from "../../api/client.ts";
import { quoted } from "../../api/curl.ts";

/** What cURL writes itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["host", "content-length"]);

/** The cURL command. The token and the values of custom headers are masked in what it is made of, so they stay so. */
export function signedCurl({ method, url, headers, body }: Answer<"signWebhookRequest">): string {
  // Brackets and braces are part of the URL, not a pattern for many of them.
  const lines = [`curl --globoff -X ${method} ${quoted(url)}`];
  for (const [name = "", value = ""] of headers) {
    if (!OWN_HEADERS.has(name.toLowerCase())) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(" \\\n  ");
}
