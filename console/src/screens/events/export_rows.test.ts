import assert from "node:assert/strict";
import { test } from "node:test";
import { exportRows } from "./export_rows.ts";

const EVENT = {
  _id: "evt_1",
  status: "FAILED",
  topic: "SIGNER",
  action: "CREATED",
  msgNature: "SUCCESS",
  webhookId: "webhook_1",
  messageId: "msg_1",
  attemptCount: 2,
  lastCode: "503",
  lastDurationMs: 12.5,
  nextAttemptAt: null,
  isTest: false,
  _createdAt: "2026-05-03T12:00:00.000Z",
  _updatedAt: "2026-05-03T12:00:01.000Z",
};

/** Pages of so many events each, as the API writes them, with a content that JavaScript would write otherwise. */
function pagesOf(sizes: readonly number[]): (cursor: string | null) => Promise<string> {
  let number = 0;
  return (cursor) => {
    const at = cursor === null ? 0 : Number(cursor);
    const events = Array.from({ length: sizes[at] ?? 0 }, () => {
      const { _id, ...rest } = EVENT;
      return `{"_id":"${_id}${number++}","content":{"n":12345678901234567890, "a":1.0},${JSON.stringify(rest).slice(1)}`;
    });
    const nextCursor = at + 1 < sizes.length ? `"${at + 1}"` : "null";
    return Promise.resolve(`{"events":[${events.join(",")}],"searchData":{"total":9},"nextCursor":${nextCursor}}`);
  };
}

const signal = new AbortController().signal;

test("NDJSON has an event a line, byte for byte as the API gave it, through all pages, empty ones included", async () => {
  const seen: number[] = [];
  const exported = await exportRows("ndjson", {
    readText: pagesOf([2, 0, 1]),
    onProgress: (count) => void seen.push(count),
    signal,
  });
  const lines = exported.parts.join("").trimEnd().split("\n");
  assert.deepEqual([lines.length, exported.count, exported.isCut], [3, 3, false]);
  assert.ok(lines.every((line) => line.includes('{"n":12345678901234567890, "a":1.0}')));
  assert.deepEqual(seen, [2, 2, 3]);
});

test("CSV has a header and a row for each event, and no cell that a spreadsheet would run", async () => {
  const exported = await exportRows("csv", { readText: pagesOf([1, 1]), onProgress: () => {}, signal });
  const [header, first, second, ...rest] = exported.parts.join("").split("\r\n");
  assert.match(header ?? "", /^_id,status,topic,/);
  assert.equal(
    first,
    "evt_10,FAILED,SIGNER,CREATED,SUCCESS,webhook_1,msg_1,2,503,12.5,,false,2026-05-03T12:00:00.000Z,2026-05-03T12:00:01.000Z",
  );
  assert.match(second ?? "", /^evt_11,/);
  assert.deepEqual(rest, [""]);
});

test("a file ends at the bound, and it is known whether there was more", async () => {
  const options = { onProgress: () => {}, signal };
  const cut = await exportRows("ndjson", { ...options, readText: pagesOf([2, 2, 2]), rowsMax: 3 });
  assert.deepEqual([cut.count, cut.isCut], [3, true]);
  const cutInTheLast = await exportRows("ndjson", { ...options, readText: pagesOf([2, 2]), rowsMax: 3 });
  assert.deepEqual([cutInTheLast.count, cutInTheLast.isCut], [3, true]);
  const whole = await exportRows("ndjson", { ...options, readText: pagesOf([2, 1]), rowsMax: 3 });
  assert.deepEqual([whole.count, whole.isCut], [3, false]);
});

test("an export that is cancelled asks for no further page", async () => {
  const cancel = new AbortController();
  let asked = 0;
  const read = pagesOf([1, 1, 1]);
  const exporting = exportRows("csv", {
    readText: (cursor) => {
      asked++;
      return read(cursor);
    },
    onProgress: () => cancel.abort(),
    signal: cancel.signal,
  });
  await assert.rejects(exporting, { name: "AbortError" });
  assert.equal(asked, 1);
});
