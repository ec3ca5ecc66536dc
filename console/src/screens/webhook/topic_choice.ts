/**
 * Which topics and actions a webhook takes. The API stores what is switched off, so that what the catalogue gains later is
 * taken; on the page it is a tree of boxes. Names that the catalogue does not know (any more) are kept as they are.
 */

/** What is switched off, as the API has it. */
export type TopicChoice = { disabledTopics: readonly string[]; disabledActions: readonly string[] };
/** A part of the catalogue: the actions of each topic. */
export type TopicTree = { readonly [topic: string]: { readonly actions: { readonly [action: string]: unknown } } };
/** A box: checked, not checked, or checked in part. */
export type Check = boolean | "mixed";

/** Everything is taken, what the catalogue gains later included. */
export const ALL_TAKEN: TopicChoice = { disabledTopics: [], disabledActions: [] };

/** `TOPIC.ACTION`. */
export function actionName(topic: string, action: string): string {
  return `${topic}.${action}`;
}

/** Whether the webhook takes the action. */
export function isTaken(choice: TopicChoice, topic: string, action: string): boolean {
  return !choice.disabledTopics.includes(topic) && !choice.disabledActions.includes(actionName(topic, action));
}

/** The box of a topic. A topic without actions is on or off. */
export function topicCheck(choice: TopicChoice, tree: TopicTree, topic: string): Check {
  if (choice.disabledTopics.includes(topic)) return false;
  const actions = Object.keys(tree[topic]?.actions ?? {});
  const taken = actions.filter((action) => isTaken(choice, topic, action)).length;
  if (taken === actions.length) return true;
  return taken === 0 ? false : "mixed";
}

/** The box over all topics: checked when nothing at all is switched off, not even a name that is not in the catalogue. */
export function allCheck(choice: TopicChoice, tree: TopicTree): Check {
  if (choice.disabledTopics.length + choice.disabledActions.length === 0) return true;
  return Object.keys(tree).every((topic) => topicCheck(choice, tree, topic) === false) ? false : "mixed";
}

/** All topics on, or every topic of the catalogue off. */
export function withAll(choice: TopicChoice, tree: TopicTree, isOn: boolean): TopicChoice {
  if (isOn) return ALL_TAKEN;
  const { topics, actions } = unknownNames(choice, tree);
  return { disabledTopics: [...Object.keys(tree), ...topics], disabledActions: actions };
}

/** A topic with all its actions on or off. */
export function withTopic(choice: TopicChoice, topic: string, isOn: boolean): TopicChoice {
  const disabledTopics = choice.disabledTopics.filter((name) => name !== topic);
  const disabledActions = choice.disabledActions.filter((name) => !name.startsWith(`${topic}.`));
  return isOn ? { disabledTopics, disabledActions } : { disabledTopics: [...disabledTopics, topic], disabledActions };
}

/** An action on or off. The last one that is switched off takes its topic along; the first switched on brings it back. */
export function withAction(
  choice: TopicChoice,
  tree: TopicTree,
  { topic, action, isOn }: { topic: string; action: string; isOn: boolean },
): TopicChoice {
  const actions = Object.keys(tree[topic]?.actions ?? {});
  const off = actions.filter((name) => (name === action ? !isOn : !isTaken(choice, topic, name)));
  const known = new Set(actions.map((name) => actionName(topic, name)));
  const disabledTopics = choice.disabledTopics.filter((name) => name !== topic);
  const disabledActions = choice.disabledActions.filter((name) => !known.has(name));
  if (off.length === actions.length) return { disabledTopics: [...disabledTopics, topic], disabledActions };
  return { disabledTopics, disabledActions: [...disabledActions, ...off.map((name) => actionName(topic, name))] };
}

/** Only what is named (`TOPIC` or `TOPIC.ACTION`) is on; all of it where no name is in the catalogue. */
export function onlyTaking(tree: TopicTree, names: readonly string[]): TopicChoice {
  const wanted = new Set(names);
  const known = Object.entries(tree).flatMap(([topic, { actions }]) =>
    Object.keys(actions).map((action) => ({ topic, action })),
  );
  const isWanted = ({ topic, action }: { topic: string; action: string }): boolean =>
    wanted.has(topic) || wanted.has(actionName(topic, action));
  if (!known.some(isWanted) && !Object.keys(tree).some((topic) => wanted.has(topic))) return ALL_TAKEN;
  const disabledTopics = Object.keys(tree).filter(
    (topic) => !wanted.has(topic) && !known.some((one) => one.topic === topic && isWanted(one)),
  );
  const disabledActions = known
    .filter((one) => !isWanted(one) && !disabledTopics.includes(one.topic))
    .map(({ topic, action }) => actionName(topic, action));
  return { disabledTopics, disabledActions };
}

/** Names that are switched off and that the catalogue does not have. */
export function unknownNames(choice: TopicChoice, tree: TopicTree): { topics: string[]; actions: string[] } {
  const known = new Set(
    Object.entries(tree).flatMap(([topic, { actions }]) =>
      Object.keys(actions).map((action) => actionName(topic, action)),
    ),
  );
  return {
    topics: choice.disabledTopics.filter((topic) => !Object.hasOwn(tree, topic)),
    actions: choice.disabledActions.filter((name) => !known.has(name)),
  };
}

/** The actions (`TOPIC.ACTION`) that are taken, and the topics without actions that are on. */
export function takenNames(choice: TopicChoice, tree: TopicTree): Set<string> {
  const taken = Object.entries(tree).flatMap(([topic, { actions }]) => {
    const names = Object.keys(actions);
    if (names.length === 0) return choice.disabledTopics.includes(topic) ? [] : [topic];
    return names.filter((action) => isTaken(choice, topic, action)).map((action) => actionName(topic, action));
  });
  return new Set(taken);
}

/** What a change switches on and off. */
export function choiceDiff(
  before: TopicChoice,
  after: TopicChoice,
  tree: TopicTree,
): { added: string[]; removed: string[] } {
  const [old, now] = [takenNames(before, tree), takenNames(after, tree)];
  return { added: [...now.difference(old)], removed: [...old.difference(now)] };
}

/** Whether both switch off the same names. */
export function isSameChoice(one: TopicChoice, other: TopicChoice): boolean {
  return isSameSet(one.disabledTopics, other.disabledTopics) && isSameSet(one.disabledActions, other.disabledActions);
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).symmetricDifference(new Set(other)).size === 0;
}
