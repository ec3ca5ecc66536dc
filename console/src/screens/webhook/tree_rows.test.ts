import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL_TAKEN, withTopic } from "./topic_choice.ts";
import type { TreeRow } from "./tree_rows.ts";
import { ALL_ROW, treeMove, treeRows } from "./tree_rows.ts";

const TREE = {
  APP: { description: "The application", actions: { ARCHIVED: { description: "Put away" } } },
  SIGNER: {
    description: "Signers",
    actions: { CREATED: { description: "A signer was created" }, CLAIM_UPDATED: { description: "A claim changed" } },
  },
  SIGNER_AUTH: { description: "Not implemented", actions: {} },
};

function rows(params: { expanded?: string[]; words?: string } = {}): TreeRow[] {
  const { expanded = [], words = "" } = params;
  return treeRows({ tree: TREE, choice: withTopic(ALL_TAKEN, "APP", false), expanded: new Set(expanded), words });
}

function ids(shown: readonly TreeRow[]): string[] {
  return shown.map(({ id }) => id);
}

test("the tree shows the actions of expanded topics alone, with their place among their siblings", () => {
  assert.deepEqual(ids(rows()), [ALL_ROW, "APP", "SIGNER", "SIGNER_AUTH"]);
  const expanded = rows({ expanded: ["SIGNER"] });
  assert.deepEqual(ids(expanded), [ALL_ROW, "APP", "SIGNER", "SIGNER.CREATED", "SIGNER.CLAIM_UPDATED", "SIGNER_AUTH"]);
  assert.deepEqual(
    expanded.map(({ level, position, setSize }) => [level, position, setSize]),
    [
      [1, 1, 1],
      [2, 1, 3],
      [2, 2, 3],
      [3, 1, 2],
      [3, 2, 2],
      [2, 3, 3],
    ],
  );
  assert.deepEqual(
    expanded.map(({ check }) => check),
    ["mixed", false, true, true, true, true],
  );
  assert.deepEqual(
    expanded.map(({ isExpanded }) => isExpanded),
    [true, false, true, null, null, null],
  );
});

test("searching shows matching actions under their topic, and all actions of a topic that matches itself", () => {
  assert.deepEqual(ids(rows({ words: " claim " })), [ALL_ROW, "SIGNER", "SIGNER.CLAIM_UPDATED"]);
  assert.deepEqual(ids(rows({ words: "put away" })), [ALL_ROW, "APP", "APP.ARCHIVED"]);
  assert.deepEqual(ids(rows({ words: "signers" })), [ALL_ROW, "SIGNER", "SIGNER.CREATED", "SIGNER.CLAIM_UPDATED"]);
  assert.deepEqual(ids(rows({ words: "nothing" })), [ALL_ROW]);
});

test("arrows go up and down, into what is expanded, and out to the topic", () => {
  const shown = rows({ expanded: ["SIGNER"] });
  const focus = (from: string, key: string) => {
    const move = treeMove(shown, from, key);
    return move?.kind === "focus" ? move.id : move;
  };
  assert.equal(focus("APP", "ArrowDown"), "SIGNER");
  assert.equal(focus("APP", "ArrowUp"), ALL_ROW);
  assert.equal(focus(ALL_ROW, "ArrowUp"), null);
  assert.equal(focus("SIGNER_AUTH", "ArrowDown"), null);
  assert.equal(focus("SIGNER", "ArrowRight"), "SIGNER.CREATED");
  assert.equal(focus("SIGNER.CLAIM_UPDATED", "ArrowLeft"), "SIGNER");
  assert.equal(focus("APP", "ArrowLeft"), ALL_ROW);
  assert.equal(focus(ALL_ROW, "End"), "SIGNER_AUTH");
  assert.equal(focus("SIGNER", "Home"), ALL_ROW);
  assert.equal(focus("SIGNER_AUTH", "ArrowRight"), null);
});

test("the right arrow expands, the left one collapses, the star expands everything, space and Enter toggle", () => {
  const shown = rows({ expanded: ["SIGNER"] });
  assert.deepEqual(treeMove(shown, "APP", "ArrowRight"), { kind: "expand", topics: ["APP"] });
  assert.deepEqual(treeMove(shown, "SIGNER", "ArrowLeft"), { kind: "collapse", topic: "SIGNER" });
  assert.deepEqual(treeMove(shown, "APP", "*"), { kind: "expand", topics: ["APP", "SIGNER", "SIGNER_AUTH"] });
  assert.deepEqual(treeMove(shown, "APP", " "), { kind: "toggle" });
  assert.deepEqual(treeMove(shown, "APP", "Enter"), { kind: "toggle" });
  assert.equal(treeMove(shown, "APP", "Tab"), null);
  assert.equal(treeMove(shown, "gone", "ArrowDown"), null);
});

test("a letter leads to the next line that begins with it, round the end", () => {
  const shown = rows({ expanded: ["SIGNER"] });
  assert.deepEqual(treeMove(shown, ALL_ROW, "s"), { kind: "focus", id: "SIGNER" });
  assert.deepEqual(treeMove(shown, "SIGNER", "s"), { kind: "focus", id: "SIGNER_AUTH" });
  assert.deepEqual(treeMove(shown, "SIGNER_AUTH", "S"), { kind: "focus", id: "SIGNER" });
  assert.deepEqual(treeMove(shown, "SIGNER", "C"), { kind: "focus", id: "SIGNER.CREATED" });
  assert.equal(treeMove(shown, "SIGNER", "z"), null);
});
