/** The lines of the tree of topics as they are shown, and where a key leads from one of them. */
import type { Check, TopicChoice } from "./topic_choice.ts";
import { actionName, allCheck, isTaken, topicCheck } from "./topic_choice.ts";

/** The id of the line over all topics: no topic can have this name. */
export const ALL_ROW = "ALL";

/** The part of the catalogue that the tree shows. */
export type DescribedTree = {
  readonly [topic: string]: {
    readonly description: string;
    readonly actions: { readonly [action: string]: { readonly description: string } };
  };
};

/** A line. `id`: {@link ALL_ROW}, `TOPIC` or `TOPIC.ACTION`. `isExpanded` is null where there is nothing below. */
export type TreeRow = {
  id: string;
  level: 1 | 2 | 3;
  topic: string | null;
  action: string | null;
  check: Check;
  isExpanded: boolean | null;
  setSize: number;
  position: number;
};

/** The lines to show. With words, only what has them in its name or description, everything expanded. */
export function treeRows(params: {
  tree: DescribedTree;
  choice: TopicChoice;
  expanded: ReadonlySet<string>;
  words: string;
}): TreeRow[] {
  const { tree, choice, expanded } = params;
  const words = params.words.trim().toLowerCase();
  const found = matching(tree, words);
  const isOpen = (topic: string): boolean => words !== "" || expanded.has(topic);
  const check = allCheck(choice, tree);
  const top = { id: ALL_ROW, level: 1 as const, topic: null, action: null };
  const all: TreeRow = { ...top, check, isExpanded: true, setSize: 1, position: 1 };
  const rows = found.flatMap(({ topic, actions }, at): TreeRow[] => {
    const isExpanded = actions.length === 0 ? null : isOpen(topic);
    const place = { level: 2 as const, setSize: found.length, position: at + 1 };
    const own: TreeRow = {
      ...place,
      id: topic,
      topic,
      action: null,
      check: topicCheck(choice, tree, topic),
      isExpanded,
    };
    if (isExpanded !== true) return [own];
    const below = actions.map((action, index): TreeRow => {
      const id = actionName(topic, action);
      const siblings = { setSize: actions.length, position: index + 1 };
      return { id, level: 3, topic, action, check: isTaken(choice, topic, action), isExpanded: null, ...siblings };
    });
    return [own, ...below];
  });
  return [all, ...rows];
}

function matching(tree: DescribedTree, words: string): { topic: string; actions: string[] }[] {
  return Object.entries(tree).flatMap(([topic, { description, actions }]) => {
    const names = Object.keys(actions);
    if (words === "" || has(words, topic, description)) return [{ topic, actions: names }];
    const some = names.filter((action) => has(words, actionName(topic, action), actions[action]?.description ?? ""));
    return some.length === 0 ? [] : [{ topic, actions: some }];
  });
}

function has(words: string, ...texts: string[]): boolean {
  return texts.some((text) => text.toLowerCase().includes(words));
}

/** What a key does, as the pattern for trees of WAI-ARIA has it; null: the key is not the tree's. */
export type TreeMove =
  | { kind: "focus"; id: string }
  | { kind: "expand"; topics: readonly string[] }
  | { kind: "collapse"; topic: string }
  | { kind: "toggle" };

/** `rows` as shown, `active` the id of the line that has the focus. Letters go to the next line that begins with them. */
export function treeMove(rows: readonly TreeRow[], active: string, key: string): TreeMove | null {
  const at = rows.findIndex(({ id }) => id === active);
  const row = rows[at];
  if (row === undefined) return null;
  const focus = (target: TreeRow | undefined): TreeMove | null =>
    target === undefined ? null : { kind: "focus", id: target.id };
  switch (key) {
    case "ArrowDown":
      return focus(rows[at + 1]);
    case "ArrowUp":
      return focus(rows[at - 1]);
    case "Home":
      return focus(rows[0]);
    case "End":
      return focus(rows.at(-1));
    case "ArrowRight":
      if (row.isExpanded === false && row.topic !== null) return { kind: "expand", topics: [row.topic] };
      return row.isExpanded === true ? focus(rows[at + 1]) : null;
    case "ArrowLeft":
      if (row.level === 2 && row.isExpanded === true && row.topic !== null) {
        return { kind: "collapse", topic: row.topic };
      }
      return focus(rows.slice(0, at).findLast(({ level }) => level < row.level));
    case "*":
      return {
        kind: "expand",
        topics: rows.flatMap(({ topic, level }) => (level === 2 && topic !== null ? [topic] : [])),
      };
    case " ":
    case "Enter":
      return { kind: "toggle" };
    default:
      return /^[\p{L}\p{N}]$/u.test(key) ? focus(nextStarting(rows, at, key)) : null;
  }
}

function nextStarting(rows: readonly TreeRow[], at: number, letter: string): TreeRow | undefined {
  const inOrder = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
  return inOrder.find(({ topic, action }) => (action ?? topic ?? "").toLowerCase().startsWith(letter.toLowerCase()));
}
