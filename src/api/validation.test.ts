import { test } from "node:test";
import assert from "node:assert/strict";
import { bodyFaults, placeOf, placeWithin } from "./validation.ts";

test("a JSON pointer is told as a place", () => {
  const places = { "": "", "/url": "url", "/messages/3/content": "messages[3].content", "/0/a~1b~0c": "[0].a/b~c" };
  for (const [pointer, place] of Object.entries(places)) assert.equal(placeOf(pointer), place);
});

test("a place inside another is joined with a dot, an index without", () => {
  assert.equal(placeWithin("messages[3]", "content"), "messages[3].content");
  assert.equal(placeWithin("headers", "[0]"), "headers[0]");
  assert.equal(placeWithin("", "url"), "url");
  assert.equal(placeWithin("url", ""), "url");
});

test("at most twenty faults are listed, and the message tells how many there are", () => {
  const error = bodyFaults(Array.from({ length: 30 }, (_, at) => ({ path: `f${at}`, message: "is wrong" })));
  const { faults } = error.context as { faults: unknown[] };
  assert.equal(faults.length, 20);
  assert.match(error.message, /`f0` is wrong \(and 29 more\)/);
});
