import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SseParser } from "./sse_parser.ts";

const STREAM =
  'retry: 2000\n\nevent: ready\nid: a.1\ndata: {"at":"x"}\n\n: still here\nid: a.2\n\nevent: created\nid: a.3\ndata: {\ndata: }\n\n';

test("a stream is taken apart into its events, each with the id to go on from", () => {
  const parser = new SseParser();
  assert.deepEqual(parser.take(STREAM), [
    { name: "ready", data: '{"at":"x"}', id: "a.1" },
    { name: "created", data: "{\n}", id: "a.3" },
  ]);
  assert.equal(parser.id, "a.3");
});

test("a sign of life is no event, and moves the place to go on from", () => {
  const parser = new SseParser();
  parser.take("event: ready\nid: a.1\ndata: 1\n\n");
  assert.deepEqual(parser.take(": still here\nid: a.9\n\n"), []);
  assert.equal(parser.id, "a.9");
});

test("an event without an id keeps the one before", () => {
  const parser = new SseParser();
  const [, dropped] = parser.take('event: ready\nid: a.1\ndata: 1\n\nevent: dropped\ndata: {"count":3}\n\n');
  assert.deepEqual(dropped, { name: "dropped", data: '{"count":3}', id: "a.1" });
});

test("however a stream is cut into pieces, its events are the same", () => {
  const whole = new SseParser().take(STREAM);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
      const parser = new SseParser();
      let at = 0;
      const events = [...sizes, STREAM.length].flatMap((size) => parser.take(STREAM.slice(at, (at += size))));
      assert.deepEqual(events, whole);
    }),
  );
});
