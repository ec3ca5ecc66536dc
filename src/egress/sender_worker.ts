/** The entry of the sender's thread: takes requests, makes the attempts, answers with reports. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../assert.ts";
import type { SenderOptions } from "./inline_sender.ts";
import { InlineSender } from "./inline_sender.ts";
import type { NumberedReport, RequestBatch } from "./sender_messages.ts";
import { packReports } from "./sender_messages.ts";

const port = parentPort;
assert(port !== null, "the sender's thread was started as a program");
const sender = new InlineSender(workerData as SenderOptions); // what ThreadSender passes

let reports: NumberedReport[] = [];

port.on("message", (batch: RequestBatch) => {
  for (const { number, request } of batch) void sender.send(request).then((report) => add({ number, report }));
});
port.postMessage({ kind: "ready" });

function add(report: NumberedReport): void {
  if (reports.length === 0) setImmediate(flush);
  reports.push(report);
}

function flush(): void {
  const { message, transfer } = packReports(reports);
  reports = [];
  port?.postMessage(message, transfer);
}
