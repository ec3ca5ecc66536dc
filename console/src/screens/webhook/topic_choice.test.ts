import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TopicChoice } from "./topic_choice.ts";
import {
  ALL_TAKEN,
  allCheck,
  choiceDiff,
  isSameChoice,
  isTaken,
  onlyTaking,
  takenNames,
  topicCheck,
  unknownNames,
  withAction,
  withAll,
  withTopic,
} from "./topic_choice.ts";

const TREE = {
  APP: { actions: { ARCHIVED: {}, UPDATED: {} } },
  SIGNER: { actions: { CREATED: {}, CLAIM_UPDATED: {}, INPUTS_ADDED: {} } },
  SIGNER_AUTH: { actions: {} },
};

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("all" as const), isOn: fc.boolean() }),
    fc.record({
      kind: fc.constant("topic" as const),
      topic: fc.constantFrom(...Object.keys(TREE)),
      isOn: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("action" as const),
      name: fc.constantFrom(["APP", "ARCHIVED"], ["APP", "UPDATED"], ["SIGNER", "CREATED"], ["SIGNER", "INPUTS_ADDED"]),
      isOn: fc.boolean(),
    }),
  ),
  { maxLength: 12 },
);

function applied(choice: TopicChoice, chosen: ReturnType<(typeof steps)["generate"]>["value"]): TopicChoice {
  return chosen.reduce((current, step) => {
    if (step.kind === "all") return withAll(current, TREE, step.isOn);
    if (step.kind === "topic") return withTopic(current, step.topic, step.isOn);
    const [topic = "", action = ""] = step.name;
    return withAction(current, TREE, { topic, action, isOn: step.isOn });
  }, choice);
}

test("unchecking one action leaves its topic checked in part, and unchecking the last one switches the topic off", () => {
  const one = withAction(ALL_TAKEN, TREE, { topic: "APP", action: "ARCHIVED", isOn: false });
  assert.deepEqual(one, { disabledTopics: [], disabledActions: ["APP.ARCHIVED"] });
  assert.equal(topicCheck(one, TREE, "APP"), "mixed");
  const both = withAction(one, TREE, { topic: "APP", action: "UPDATED", isOn: false });
  assert.deepEqual(both, { disabledTopics: ["APP"], disabledActions: [] });
  assert.equal(topicCheck(both, TREE, "APP"), false);
});

test("checking one action of a topic that is off leaves the others off", () => {
  const off = withTopic(ALL_TAKEN, "SIGNER", false);
  const one = withAction(off, TREE, { topic: "SIGNER", action: "CREATED", isOn: true });
  assert.deepEqual(one, { disabledTopics: [], disabledActions: ["SIGNER.CLAIM_UPDATED", "SIGNER.INPUTS_ADDED"] });
});

test("whatever was clicked, the last click on an action holds, and only there", () => {
  const clicks = fc.tuple(steps, fc.boolean());
  fc.assert(
    fc.property(clicks, ([before, isOn]) => {
      const old = applied(ALL_TAKEN, before);
      const now = withAction(old, TREE, { topic: "SIGNER", action: "CREATED", isOn });
      assert.equal(isTaken(now, "SIGNER", "CREATED"), isOn);
      const { added, removed } = choiceDiff(old, now, TREE);
      assert.ok([...added, ...removed].every((name) => name === "SIGNER.CREATED"));
    }),
  );
});

test("names that the catalogue has lost survive clicks on actions, and go when all is checked", () => {
  const lost = { disabledTopics: ["FAX"], disabledActions: ["SIGNER.FAXED"] };
  fc.assert(
    fc.property(steps, (clicks) => {
      const onActions = clicks.filter((step) => step.kind === "action");
      assert.deepEqual(unknownNames(applied(lost, onActions), TREE), { topics: ["FAX"], actions: ["SIGNER.FAXED"] });
    }),
  );
  assert.equal(allCheck(lost, TREE), "mixed");
  assert.deepEqual(withAll(lost, TREE, true), ALL_TAKEN);
  assert.deepEqual(withAll(lost, TREE, false).disabledTopics, ["APP", "SIGNER", "SIGNER_AUTH", "FAX"]);
});

test("the box over all is checked only when nothing is off, and empty only when everything is", () => {
  assert.equal(allCheck(ALL_TAKEN, TREE), true);
  assert.equal(allCheck(withTopic(ALL_TAKEN, "APP", false), TREE), "mixed");
  assert.equal(allCheck(withAll(ALL_TAKEN, TREE, false), TREE), false);
});

test("a preset takes the named topics and actions and nothing else", () => {
  const choice = onlyTaking(TREE, ["APP", "SIGNER.CREATED"]);
  assert.deepEqual([...takenNames(choice, TREE)].sort(), ["APP.ARCHIVED", "APP.UPDATED", "SIGNER.CREATED"]);
  assert.deepEqual(onlyTaking(TREE, ["NOTHING.KNOWN"]), ALL_TAKEN);
});

test("choices are the same whatever the order of their names", () => {
  const one = { disabledTopics: ["A", "B"], disabledActions: [] };
  assert.ok(isSameChoice(one, { disabledTopics: ["B", "A"], disabledActions: [] }));
  assert.ok(!isSameChoice(one, { disabledTopics: ["A"], disabledActions: [] }));
});
