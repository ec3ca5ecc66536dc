/** Requests as they were sent, or would be sent now: for the debuggers. */
import { bodyHead, completeBody } from "../domain/body.ts";
import type { KnownSecret, SentAttempt } from "../domain/signature_check.ts";
import { matchSecrets } from "../domain/signature_check.ts";
import { formatToken, TOKEN_MASK } from "../domain/token.ts";
import type { HeaderPair } from "../domain/values.ts";
import type { KeyRing } from "../server_keys.ts";
import type { StoredAttempt, StoredEvent } from "../store/history.ts";

/**
 * What an attempt sent, its real token included: to compare with, never to be answered. Of several keys of tokens, the one
 * that made its token is the one with which a secret has signed it. `unsent`: nothing was sent, since its worker died or it
 * was stopped before; `erased`: its content is gone.
 */
export function sentAttempt(
  event: StoredEvent,
  attempt: StoredAttempt,
  { tokenKeys, secrets }: { tokenKeys: KeyRing; secrets: readonly KnownSecret[] },
): SentAttempt | "unsent" | "erased" {
  const timestamp = headerOf(attempt.requestHeaders, "webhook-timestamp");
  const signature = headerOf(attempt.requestHeaders, "webhook-signature");
  if (timestamp === null || signature === null) return "unsent";
  const { tenant, id: eventId } = event;
  const claims = { tenant, eventId, attempt: attempt.number, issuedAt: attempt.startedAt };
  const bodies = tokenKeys.map((key) => eventBody(event, formatToken(key, claims)));
  const isSigned = (body: string | null): boolean =>
    body !== null && matchSecrets({ id: eventId, timestamp, signature, body }, secrets).secrets.some(matches);
  const body = (bodies.length > 1 ? bodies.find(isSigned) : undefined) ?? bodies[0] ?? null;
  return body === null ? "erased" : { timestamp, signature, body };
}

function matches(secret: { matches: boolean }): boolean {
  return secret.matches;
}

/** The body of the event's POST with the mask in place of a token; null once the content is erased. */
export function maskedBody(event: StoredEvent): string | null {
  return eventBody(event, TOKEN_MASK);
}

function eventBody(event: StoredEvent, token: string): string | null {
  const { appId, appEnv, topic, action, msgNature, content, error } = event;
  if (content === null) return null;
  return completeBody(bodyHead({ appId, appEnv, topic, action, msgNature, content, error }), token);
}

/** Custom headers cannot have one of our names, so the first is ours. */
function headerOf(headers: readonly HeaderPair[], name: string): string | null {
  return headers.find(([known]) => known === name)?.[1] ?? null;
}
