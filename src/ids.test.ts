import { test } from "node:test";
import assert from "node:assert/strict";
import {
  IdMinter,
  eventIdOf,
  eventIdRange,
  idDay,
  idTime,
  lowestId,
  messageIdOf,
  parseEventId,
  parseMessageId,
} from "./ids.ts";
import { systemRandom } from "./random.ts";

const AT = 1_767_571_200_000;

test("ids of one millisecond and of later ones are in text order, and none is made twice", () => {
  const minter = new IdMinter(systemRandom);
  const ids = Array.from({ length: 5_000 }, (_, at) => minter.mint("msg", AT + Math.floor(at / 2_000)));
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
});

test("an id carries its millisecond and its UTC day", () => {
  const id = new IdMinter(systemRandom).mint("msg", AT + 12_345);
  assert.equal(idTime(id), AT + 12_345);
  assert.equal(idDay(id), Math.floor(AT / 86_400_000));
  assert(id >= lowestId("msg", AT + 12_345));
  assert(id < lowestId("msg", AT + 12_346));
});

test("an event's id gives its message, lies in its message's range and carries its time", () => {
  const messageId = new IdMinter(systemRandom).mint("msg", AT);
  const eventId = eventIdOf(messageId, 61);
  assert.equal(messageIdOf(eventId), messageId);
  assert.equal(parseEventId(eventId), eventId);
  const { lowest, highest } = eventIdRange(messageId);
  assert(eventId > lowest && eventId < highest);
  assert.equal(idTime(eventId), AT);
});

test("a time beyond what ids can carry has the highest bound instead of failing", () => {
  const bound = lowestId("evt", Date.parse("9999-12-31T23:59:59Z"));
  assert(bound > new IdMinter(systemRandom).mint("msg", AT).replace("msg", "evt"));
  assert.equal(bound, "evt_zzzzzzzz");
});

test("nothing but the exact form is taken for an id", () => {
  const id = new IdMinter(systemRandom).mint("msg", AT);
  for (const text of ["", "msg_", id.slice(1), `${id} `, `${id}0`, id.replace("msg", "evt"), `${id.slice(0, -1)}.`]) {
    assert.equal(parseMessageId(text), null, text);
  }
});
