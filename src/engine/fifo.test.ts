import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { Fifo } from "./fifo.ts";

test("a queue gives back what an array would, whatever is pushed, shifted and cut", () => {
  const steps = fc.array(fc.oneof(fc.constant("push"), fc.constant("shift"), fc.constant("cut")), { maxLength: 5_000 });
  fc.assert(
    fc.property(steps, (names) => {
      const queue = new Fifo<number>();
      const model: number[] = [];
      for (const [at, name] of names.entries()) {
        if (name === "push") {
          queue.push(at);
          model.push(at);
        } else if (name === "shift") {
          assert.equal(queue.shift(), model.shift());
        } else {
          const kept = Math.floor(model.length / 2);
          assert.deepEqual(queue.cut(kept), model.splice(kept));
        }
        assert.equal(queue.length, model.length);
      }
    }),
  );
});

test("a long queue is emptied in order", () => {
  const queue = new Fifo<number>();
  for (let at = 0; at < 10_000; at++) queue.push(at);
  for (let at = 0; at < 10_000; at++) assert.equal(queue.shift(), at);
  assert.equal(queue.shift(), undefined);
});
