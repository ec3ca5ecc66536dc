/** The custom headers of a webhook as either store keeps them: a JSON list of pairs, each value sealed for its place. */
import type { HeaderPair } from "../domain/values.ts";
import type { StoredHeader } from "../domain/webhook.ts";
import type { WebhookId } from "../ids.ts";
import type { Sealer, SecretBox } from "../secret_box.ts";

type Place = { tenant: number; id: WebhookId };
type Row = Place & { headers: string };

/** The column's value. */
export function sealedHeaders(sealer: Sealer, webhook: Place, headers: readonly HeaderPair[]): string {
  return JSON.stringify(headers.map(([name, value]) => [name, sealer.seal(value, headerBinding(webhook, name))]));
}

/** The custom headers in clear. Throws when a value cannot be decrypted. */
export function headersOf(box: SecretBox, row: Row): HeaderPair[] {
  return pairsOf(row).map(([name, sealed]) => [name, box.open(sealed, headerBinding(row, name))]);
}

/** What does not open is told, so that it can be set anew; it is no reason to hide the webhook. */
export function storedHeadersOf(box: SecretBox, row: Row): StoredHeader[] {
  return pairsOf(row).map(([name, sealed]) => {
    try {
      return [name, box.open(sealed, headerBinding(row, name))];
    } catch {
      return [name, null];
    }
  });
}

/** To what the sealed value of a custom header is bound. */
export function headerBinding(webhook: Place, name: string): string {
  return `webhooks.headers/${webhook.tenant}/${webhook.id}/${name}`;
}

function pairsOf(row: Row): HeaderPair[] {
  return JSON.parse(row.headers) as HeaderPair[]; // written by sealedHeaders
}
