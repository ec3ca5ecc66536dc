import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { eventText, heartbeatText, retryText } from "./server_sent_events.ts";

/** What a reader as the standard describes it dispatches, and the last id that it knows afterwards. */
function read(text: string): { events: { event: string; data: string }[]; lastId: string } {
  const events: { event: string; data: string }[] = [];
  let [event, data, lastId] = ["", "", ""];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === "") {
      if (data !== "") events.push({ event, data: data.slice(0, -1) });
      [event, data] = ["", ""];
      continue;
    }
    const colonAt = line.indexOf(":");
    const [field, value] = [line.slice(0, colonAt), line.slice(colonAt + 1).replace(/^ /, "")];
    if (field === "event") event = value;
    if (field === "data") data += `${value}\n`;
    if (field === "id") lastId = value;
  }
  return { events, lastId };
}

test("data arrives as it was sent, whatever its lines, but for carriage returns", () => {
  const unit = fc.constantFrom("a", " ", ":", "\n", "\r", "\r\n", "data: ", "\u2028", "é", '"', "\\n");
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1 }), (data) => {
      const { events, lastId } = read(eventText({ event: "created", id: "x-1-2", data }));
      assert.deepEqual(events, [{ event: "created", data: data.replaceAll(/\r\n|\r/g, "\n") }]);
      assert.equal(lastId, "x-1-2");
    }),
  );
});

test("an event without an id leaves the last one, a heartbeat moves it on, and neither disturbs the other events", () => {
  const first = eventText({ event: "created", id: "x-1-2", data: "{}" });
  const dropped = eventText({ event: "dropped", id: null, data: '{"count":3}' });
  assert.equal(read(first + dropped).lastId, "x-1-2");
  const { events, lastId } = read(retryText(3_000) + first + heartbeatText("x-9-9") + dropped);
  assert.deepEqual([events.map(({ event }) => event), lastId], [["created", "dropped"], "x-9-9"]);
});
