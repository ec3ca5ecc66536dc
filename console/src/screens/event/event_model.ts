/** An event with its attempts as the API answers it, and what follows from it: its state, its budget, its attempts. */
import type { Answer } from "../../api/client.ts";
import { rawMember } from "../../parts/json_format.ts";

/** As lists have it. */
export type ListedEvent = Answer<"listEvents">["events"][number];
/** With its attempts, oldest first. */
export type EventWithAttempts = Answer<"getEvent">;
/** One POST. */
export type Attempt = EventWithAttempts["attempts"][number];
/** `contentText` and `errorText` are as they were published, byte for byte; null where there is none, or not any more. */
export type ReadEvent = { event: EventWithAttempts; contentText: string | null; errorText: string | null };

/** Reads the answer of the API: numbers beyond 2^53 survive in the texts. */
export function readEvent(text: string): ReadEvent {
  const event = JSON.parse(text) as EventWithAttempts; // the server answers by its document, as its tests check
  const content = rawMember(text, "content");
  return { event, contentText: content === "null" ? null : content, errorText: rawMember(text, "error") };
}

/**
 * What an event is doing. `sending`: an attempt runs; `queued`, `retrying`: the next one is due at `at`; `held`: likewise, but its
 * webhook is disabled; `exhausted`, `final`: it failed, and nothing more is tried.
 */
export type EventState =
  { kind: "passed" | "exhausted" | "sending" | "final" } | { kind: "queued" | "retrying" | "held"; at: string };

/** Failures after which nothing is tried any more, whatever the schedule says. */
const FINAL_CODES: ReadonlySet<string | undefined> = new Set([
  "410",
  "DISABLED_BY_RECEIVER",
  "ABORTED_BY_RECEIVER",
  "CONTENT_ERASED",
  "WEBHOOK_DELETED",
]);

/** `lastNumber` and `lastFailure`: of the newest attempt that is known, null in lists, where it is not. */
export function stateOf(
  event: Pick<ListedEvent, "status" | "nextAttemptAt" | "attemptCount" | "lastCode">,
  { isHeld, lastNumber, lastFailure }: { isHeld: boolean; lastNumber: number | null; lastFailure: string | null },
): EventState {
  const { status, nextAttemptAt: at, attemptCount, lastCode } = event;
  if (at === null) {
    if (status === "SUCCESS") return { kind: "passed" };
    return { kind: FINAL_CODES.has(lastCode) || FINAL_CODES.has(lastFailure ?? undefined) ? "final" : "exhausted" };
  }
  if (lastNumber !== null && attemptCount > lastNumber) return { kind: "sending" };
  if (isHeld) return { kind: "held", at };
  return { kind: status === "FAILED" ? "retrying" : "queued", at };
}

/** How many attempts there can be in all with `retries` steps in the schedule; null where no more will be made. */
export function attemptsMax(
  event: Pick<ListedEvent, "status" | "nextAttemptAt" | "attemptCount" | "retriesUsed">,
  retries: number,
): number | null {
  if (event.nextAttemptAt === null) return null;
  const left = event.status === "FAILED" ? retries - event.retriesUsed : retries + 1;
  return event.attemptCount + Math.max(1, left);
}

/** The attempt of a number, or the newest where the number is not given or not known; null without any. */
export function attemptOf(attempts: readonly Attempt[], number: number | null): Attempt | null {
  return attempts.find((attempt) => attempt.number === number) ?? attempts.at(-1) ?? null;
}

/** The one before it, as far as it is known. */
export function attemptBefore(attempts: readonly Attempt[], attempt: Attempt): Attempt | null {
  return attempts[attempts.indexOf(attempt) - 1] ?? null;
}

/** Whether an attempt passed. */
export function hasPassed(attempt: Attempt): boolean {
  return attempt.error === undefined;
}

/** How long to wait before the event is read again, in ms: often while something is about to happen. False: never. */
export function pollMs(
  { status, nextAttemptAt }: Pick<ListedEvent, "status" | "nextAttemptAt">,
  now: number,
): number | false {
  if (nextAttemptAt === null) return false;
  const untilDue = Date.parse(nextAttemptAt) - now;
  return status === "PENDING" || untilDue < 60_000 ? 2_000 : 15_000;
}

/** Where the token of an attempt is: `ttlMs` is how long it can be used, null where that is not known. */
export type TokenState =
  { kind: "consumed"; at: string } | { kind: "expired" | "open"; at: string } | { kind: "unused" | "unsent" };

/** A token is issued with its attempt; an attempt that sent nothing gave none away. */
export function tokenState(attempt: Attempt, { ttlMs, now }: { ttlMs: number | null; now: number }): TokenState {
  if (attempt.tokenConsumedAt !== undefined) return { kind: "consumed", at: attempt.tokenConsumedAt };
  if (attempt.request.headers.length === 0) return { kind: "unsent" };
  if (ttlMs === null) return { kind: "unused" };
  const expiresAt = Date.parse(attempt.startedAt) + ttlMs;
  return { kind: expiresAt <= now ? "expired" : "open", at: new Date(expiresAt).toISOString() };
}

/** The phases of an attempt, in order. */
const PHASES = ["queuedMs", "dnsMs", "connectMs", "tlsMs", "firstByteMs", "bodyMs"] as const;
/** One of them with its place on the time line, in ms from the first. */
export type Phase = { name: (typeof PHASES)[number]; ms: number; startMs: number };

/** The phases that an attempt went through, one after the other. */
export function phasesOf({ timings }: Pick<Attempt, "timings">): { phases: Phase[]; totalMs: number } {
  let startMs = 0;
  const phases = PHASES.flatMap((name): Phase[] => {
    const ms = timings[name];
    if (ms === undefined) return [];
    const phase = { name, ms, startMs };
    startMs += ms;
    return [phase];
  });
  return { phases, totalMs: startMs };
}
