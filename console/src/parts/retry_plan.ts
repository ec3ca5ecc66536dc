/** Retry schedules as people type and read them: `5s, 5m, 30m, 2h`, and when each retry would come. */

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;
const UNITS = ["d", "h", "m", "s", "ms"] as const satisfies readonly Unit[];
const STEP = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)$/;

/** The server moves each step by up to this share of itself. */
const JITTER = 0.2;
/** Bounds of the API. */
export const RETRY_STEPS_MAX = 20;
/** In ms: 7 days. */
export const RETRY_STEP_MS_MAX = 7 * UNIT_MS.d;

/** Why a text is no schedule, with the step that is wrong where there is one. */
export type ScheduleFault = { kind: "unreadable" | "tooLong"; step: string } | { kind: "tooMany" };

/** Steps in ms from a text such as `5s, 5m`; an empty text is no retry at all. */
export function parseSchedule(text: string): { steps: number[] } | { fault: ScheduleFault } {
  const parts = text.split(/[,;\n]+|\s+(?=\d)/).map((part) => part.trim());
  const given = parts.filter((part) => part !== "");
  const steps: number[] = [];
  for (const step of given) {
    const [, number, unit] = STEP.exec(step.toLowerCase()) ?? [];
    if (number === undefined || unit === undefined) return { fault: { kind: "unreadable", step } };
    const ms = Math.round(Number(number) * UNIT_MS[unit as Unit]); // the expression names no other unit
    if (ms > RETRY_STEP_MS_MAX) return { fault: { kind: "tooLong", step } };
    steps.push(ms);
  }
  return steps.length > RETRY_STEPS_MAX ? { fault: { kind: "tooMany" } } : { steps };
}

/** The text that {@link parseSchedule} reads as these steps: each in the largest unit that leaves no rest. */
export function formatSchedule(steps: readonly number[]): string {
  return steps.map(formatStep).join(", ");
}

function formatStep(ms: number): string {
  const unit = UNITS.find((candidate) => ms > 0 && ms % UNIT_MS[candidate] === 0) ?? "s";
  return `${ms / UNIT_MS[unit]}${unit}`;
}

/** One retry of an event whose first attempt failed at the start, in epoch ms. */
export type PlannedRetry = { number: number; stepMs: number; at: number; earliestAt: number; latestAt: number };

/** When the retries come if every attempt fails at once; the bounds add up the jitter of all steps so far. */
export function retryPlan(steps: readonly number[], startAt: number): PlannedRetry[] {
  let sumMs = 0;
  return steps.map((stepMs, index) => {
    sumMs += stepMs;
    const [earliestAt, latestAt] = [startAt + sumMs * (1 - JITTER), startAt + sumMs * (1 + JITTER)];
    return { number: index + 1, stepMs, at: startAt + sumMs, earliestAt, latestAt };
  });
}
