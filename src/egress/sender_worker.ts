/** The entry of the sender's thread: takes requests, makes the attempts, answers with reports. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../assert.ts";
import type { SenderOptions } from "./inline_sender.ts";
import { InlineSender } from "./inline_sender.ts";
import type { NumberedReport, NumberedRequest, RequestBatch } from "./sender_messages.ts";
import { packReports, unpackRequests } from "./sender_messages.ts";

const port = parentPort;
assert(port !== null, "the sender's thread was started as a program");
const sender = new InlineSender(workerData as SenderOptions); // what ThreadSender passes

/** What is written goes out between two turns of the loop: a burst of new connections holds up nobody's for longer than this. */
const BEGUN_AT_ONCE_MAX = 4;

const waiting: NumberedRequest[] = [];
let reports: NumberedReport[] = [];

port.on("message", (batch: RequestBatch) => {
  const isBeginning = waiting.length > 0;
  waiting.push(...unpackRequests(batch));
  if (!isBeginning) begin();
});
port.postMessage({ kind: "ready" });

/** Begins the next attempts, and lets their bytes out before it goes on. */
function begin(): void {
  for (const { number, request } of waiting.splice(0, BEGUN_AT_ONCE_MAX)) {
    void sender.send(request).then((report) => add({ number, report }));
  }
  if (waiting.length > 0) setImmediate(begin);
}

function add(report: NumberedReport): void {
  if (reports.length === 0) setImmediate(flush);
  reports.push(report);
}

function flush(): void {
  const message = packReports(reports);
  reports = [];
  port?.postMessage(message);
}
