/** Durations as settings spell them: a whole number and a unit, such as `500ms`, `5s`, `10m`, `2h`, `30d`. */

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,12})(ms|s|m|h|d)$/;

/** The milliseconds of a duration, or null for anything else (a missing unit, a fraction, a sign). */
export function parseDurationMs(text: string): number | null {
  const match = DURATION.exec(text.trim());
  if (match === null) return null;
  const unit = match[2] as keyof typeof UNIT_MS; // the expression allows nothing else
  return Number(match[1]) * UNIT_MS[unit];
}

/** The shortest spelling of a whole number of milliseconds: `formatDuration(90_000)` is `90s`. */
export function formatDuration(durationMs: number): string {
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (durationMs > 0 && durationMs % UNIT_MS[unit] === 0) return `${durationMs / UNIT_MS[unit]}${unit}`;
  }
  return `${durationMs}ms`;
}
