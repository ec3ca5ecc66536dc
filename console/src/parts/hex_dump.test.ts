import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bodyBytes, hexDump } from "./hex_dump.ts";

test("every byte stands in the dump, in order, 16 to a line", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const dump = hexDump(bytes);
      const lines = dump === "" ? [] : dump.split("\n");
      assert.equal(lines.length, Math.ceil(bytes.length / 16));
      const pairs = lines.flatMap((text) => text.slice(10, 58).match(/[0-9a-f]{2}/g) ?? []);
      assert.deepEqual(
        pairs.map((pair) => Number.parseInt(pair, 16)),
        [...bytes],
      );
    }),
  );
});

test("printable ASCII is shown beside the numbers, everything else as a point", () => {
  assert.equal(
    hexDump(new Uint8Array([104, 105, 0, 10, 255, 60])),
    "00000000  68 69 00 0a ff 3c                                 |hi...<|",
  );
});

test("a body's bytes are those of its text or of its base64", () => {
  assert.deepEqual([...bodyBytes("é\u0000", "utf8")], [195, 169, 0]);
  assert.deepEqual([...bodyBytes("//8A", "base64")], [255, 255, 0]);
});
