/**
 * The time of sending, written into what is published and read where it arrives. It counts from the boot of the machine, so
 * that processes agree on it without a clock that may jump.
 */

const MARK = Buffer.from('"sentAtUs":');
const DIGITS = 15;

/** Microseconds since the boot of the machine. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + nanoseconds / 1_000;
}

/** The field of a JSON object that says when it was sent. */
export function stampField(sentAtUs: number): string {
  return `"sentAtUs":${String(1e14 + Math.floor(sentAtUs)).slice(0, DIGITS)}`;
}

/** When the body was sent, or null where it does not say. */
export function stampOf(body: Buffer): number | null {
  const at = body.indexOf(MARK);
  if (at === -1) return null;
  const start = at + MARK.length;
  return Number(body.toString("latin1", start, start + DIGITS)) - 1e14;
}
