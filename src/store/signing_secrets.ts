/** What both stores do with the signing secrets and key pairs of a webhook, once they are read. */
import type { SignatureVersion } from "../domain/webhook.ts";
import { SIGNATURE_VERSIONS, SIGNING_KEYS_MAX } from "../domain/webhook.ts";

/** A key of one version, opened: `whsec_…` or `whsk_…`. */
type Opened = { version: SignatureVersion; text: string };

/** The texts of the keys in the order of their signatures: version by version, each in the given order. */
export function inHeaderOrder(keys: readonly Opened[]): string[] {
  return SIGNATURE_VERSIONS.flatMap((wanted) => keys.filter(({ version }) => version === wanted)).map(
    ({ text }) => text,
  );
}

/** Of live keys, newest first, those that are too many of their version. */
export function beyondLimit<Key extends { version: SignatureVersion }>(live: readonly Key[]): Key[] {
  return SIGNATURE_VERSIONS.flatMap((wanted) =>
    live.filter(({ version }) => version === wanted).slice(SIGNING_KEYS_MAX),
  );
}
