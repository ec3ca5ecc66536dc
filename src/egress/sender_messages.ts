/**
 * What crosses the boundary of the sender's thread: requests and reports in batches, one batch for each turn of an event
 * loop. The bodies of a batch of reports lie in one buffer, which is moved and not copied.
 */
import type { SendReport, SendRequest } from "./sender.ts";

/** A request under the number by which its report is told from others. */
export type NumberedRequest = { number: number; request: SendRequest };
export type NumberedReport = { number: number; report: SendReport };

/** To the thread. */
export type RequestBatch = readonly NumberedRequest[];

/** From the thread: once that it is ready, then reports. `bodies` holds the bodies that `reports` lack, by their lengths. */
export type ThreadMessage =
  | { kind: "ready" }
  | { kind: "reports"; reports: NumberedReport[]; bodyBytes: number[]; bodies: Uint8Array<ArrayBuffer> };

const NOTHING = new Uint8Array(0);

/** Takes the bodies out of the reports. `transfer` goes to `postMessage`. */
export function packReports(reports: NumberedReport[]): { message: ThreadMessage; transfer: ArrayBuffer[] } {
  const bodyBytes = reports.map(({ report }) => bodyOf(report).length);
  const bodies = new Uint8Array(bodyBytes.reduce((sum, bytes) => sum + bytes, 0));
  let at = 0;
  for (const { report } of reports) {
    const body = bodyOf(report);
    bodies.set(body, at);
    at += body.length;
    if (report.outcome.kind === "response") report.outcome.body = NOTHING;
  }
  return { message: { kind: "reports", reports, bodyBytes, bodies }, transfer: [bodies.buffer] };
}

/** Gives the reports their bodies back, each in memory of its own. */
export function unpackReports(message: Extract<ThreadMessage, { kind: "reports" }>): NumberedReport[] {
  let at = 0;
  message.reports.forEach(({ report }, index) => {
    const bytes = message.bodyBytes[index] ?? 0;
    if (report.outcome.kind === "response" && bytes > 0) report.outcome.body = message.bodies.slice(at, at + bytes);
    at += bytes;
  });
  return message.reports;
}

function bodyOf(report: SendReport): Uint8Array {
  return report.outcome.kind === "response" ? report.outcome.body : NOTHING;
}
