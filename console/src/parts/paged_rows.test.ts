import assert from "node:assert/strict";
import { test } from "node:test";
import { readRawRows } from "./paged_rows.ts";

/** Three pages of two rows, told by their cursors. */
function pages(): { readText: (cursor: string | null) => Promise<string>; asked: (string | null)[] } {
  const asked: (string | null)[] = [];
  const readText = (cursor: string | null): Promise<string> => {
    asked.push(cursor);
    const page = cursor === null ? 1 : Number(cursor);
    const next = page === 3 ? "null" : `"${page + 1}"`;
    return Promise.resolve(`{"items":[{"n":${page}0000000000000000001},{"n":${page}2}],"nextCursor":${next}}`);
  };
  return { readText, asked };
}

test("all pages are read, each row in the very text of the API", async () => {
  const { readText, asked } = pages();
  const { rows, isCut } = await readRawRows(readText);
  assert.deepEqual(asked, [null, "2", "3"]);
  assert.equal(rows.length, 6);
  assert.equal(rows[0], '{"n":10000000000000000001}');
  assert.equal(isCut, false);
});

test("reading ends at the bound, and tells whether there was more", async () => {
  const { readText, asked } = pages();
  assert.deepEqual(await readRawRows(readText, 3), {
    rows: ['{"n":10000000000000000001}', '{"n":12}', '{"n":20000000000000000001}'],
    isCut: true,
  });
  assert.deepEqual(asked, [null, "2"]);
  assert.equal((await readRawRows(pages().readText, 6)).isCut, false);
  assert.equal((await readRawRows(pages().readText, 5)).isCut, true);
});

test("a list without rows gives none", async () => {
  const none = await readRawRows(() => Promise.resolve('{"items":[],"nextCursor":null}'));
  assert.deepEqual(none, { rows: [], isCut: false });
});
