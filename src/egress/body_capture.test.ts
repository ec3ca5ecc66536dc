import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BodyCapture } from "./body_capture.ts";

const LIMITS = { readBytesMax: 64, piecesMax: 8, keptBytesMax: 16 };

/** Takes the pieces until no more is to be read. */
function capture(pieces: readonly Uint8Array[]): { kept: number[]; isCut: boolean; taken: number } {
  const body = new BodyCapture(LIMITS);
  const refusedAt = pieces.findIndex((piece) => !body.take(piece));
  const taken = refusedAt === -1 ? pieces.length : refusedAt + 1;
  return { kept: [...body.bytes()], isCut: body.isCut, taken };
}

test("what is kept is the beginning of what came, however it was cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 }), (pieces) => {
      const { kept, isCut, taken } = capture(pieces);
      const whole = pieces.slice(0, taken).flatMap((piece) => [...piece]);
      assert.deepEqual(kept, whole.slice(0, LIMITS.keptBytesMax));
      assert.equal(isCut, whole.length > LIMITS.keptBytesMax);
    }),
  );
});

test("16 bytes of 16 are whole, and one more is cut", () => {
  assert.deepEqual([capture([new Uint8Array(16)]).isCut, capture([new Uint8Array(17)]).isCut], [false, true]);
});

test("so many bytes are read, and none after one more", () => {
  const [full, more] = [new Uint8Array(64), new Uint8Array(1)];

  assert.equal(capture([full, new Uint8Array(0), more, more]).taken, 3);
});

test("so many pieces are read, and none after one more", () => {
  const pieces = Array.from({ length: 20 }, () => new Uint8Array(1));

  assert.equal(capture(pieces.slice(0, 8)).taken, 8);
  assert.equal(capture(pieces).taken, 9);
});

test("a body in many pieces is kept in little memory, which none of the pieces is part of", () => {
  const large = new Uint8Array(65_536);
  const body = new BodyCapture({ readBytesMax: 65_536, piecesMax: 65_536, keptBytesMax: 16_384 });
  for (let at = 0; at < 16_384; at++) body.take(large.subarray(at, at + 1));

  assert.equal(body.bytes().length, 16_384);
  assert.equal(body.bytes().buffer.byteLength, 16_384);
});
