/** Topics and their actions as a tree of boxes, used by mouse and by keys as WAI-ARIA describes it. */
import { Badge, Checkbox, Text } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { countText } from "../../parts/quantities.ts";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { takenNames, withAction, withAll, withTopic } from "./topic_choice.ts";
import type { TopicChoice } from "./topic_choice.ts";
import { ALL_ROW, treeMove, treeRows } from "./tree_rows.ts";
import type { TreeRow } from "./tree_rows.ts";
import classes from "./topics.module.css";

/** `counts`: messages of 7 days by `TOPIC.ACTION`. `fresh`: actions that are marked as new. */
export type TopicsTreeProps = {
  topics: Topics;
  choice: TopicChoice;
  words: string;
  counts: ReadonlyMap<string, number> | null;
  fresh: ReadonlySet<string>;
  expanded: ReadonlySet<string>;
  onExpand: (expanded: ReadonlySet<string>) => void;
  onChange: (choice: TopicChoice) => void;
  /** A line was reached: its id. */
  onReach: (id: string) => void;
};

/** See the head of this file. */
export function TopicsTree(props: TopicsTreeProps) {
  const { topics, choice, words, expanded, onExpand, onChange, onReach } = props;
  const t = useT();
  const tree = useRef<HTMLDivElement>(null);
  const rows = treeRows({ tree: topics, choice, expanded, words });
  const [wanted, setWanted] = useState<string>(ALL_ROW);
  const active = rows.some(({ id }) => id === wanted) ? wanted : ALL_ROW;

  const reach = (id: string): void => {
    setWanted(id);
    onReach(id);
    tree.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus();
  };
  const expand = (names: readonly string[]): void => onExpand(expanded.union(new Set(names)));
  const collapse = (topic: string): void => onExpand(expanded.difference(new Set([topic])));
  const press = (event: KeyboardEvent, row: TreeRow): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const move = treeMove(rows, row.id, event.key);
    if (move === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (move.kind === "focus") reach(move.id);
    else if (move.kind === "expand") expand(move.topics);
    else if (move.kind === "collapse") collapse(move.topic);
    else onChange(toggled(choice, topics, row));
  };
  return (
    <div ref={tree} role="tree" aria-label={t("topics.tree")} aria-multiselectable className={classes["tree"]}>
      {rows.map((row) => (
        <Row
          key={row.id}
          row={row}
          {...props}
          isActive={row.id === active}
          onFocus={() => {
            setWanted(row.id);
            onReach(row.id);
          }}
          onPress={(event) => press(event, row)}
          onToggle={() => {
            reach(row.id);
            onChange(toggled(choice, topics, row));
          }}
          onFold={() => (row.isExpanded === true ? collapse(row.topic ?? "") : expand([row.topic ?? ""]))}
        />
      ))}
    </div>
  );
}

function Row({
  row,
  topics,
  choice,
  counts,
  fresh,
  isActive,
  onFocus,
  onPress,
  onToggle,
  onFold,
}: TopicsTreeProps & {
  row: TreeRow;
  isActive: boolean;
  onFocus: () => void;
  onPress: (event: KeyboardEvent) => void;
  onToggle: () => void;
  onFold: () => void;
}) {
  const t = useT();
  const locale = useLocale();
  const { topic, action, level, check, isExpanded, setSize, position } = row;
  const count = counts === null ? null : countOf(row, topics, counts);
  const isEmpty = level === 2 && Object.keys(topics[topic ?? ""]?.actions ?? {}).length === 0;
  return (
    <div
      role="treeitem"
      aria-level={level}
      aria-setsize={setSize}
      aria-posinset={position}
      aria-checked={check}
      aria-selected={isActive}
      aria-expanded={isExpanded ?? undefined}
      tabIndex={isActive ? 0 : -1}
      data-row={row.id}
      data-level={level}
      className={classes["row"]}
      onFocus={onFocus}
      onKeyDown={onPress}
      onClick={onToggle}
    >
      <span
        aria-hidden
        className={classes["fold"]}
        data-open={isExpanded}
        data-empty={isExpanded === null || level === 1}
        onClick={(event) => {
          if (isExpanded === null || level === 1) return;
          event.stopPropagation();
          onFold();
        }}
      >
        <IconChevronRight size={16} stroke={1.8} />
      </span>
      <Checkbox.Indicator checked={check === true} indeterminate={check === "mixed"} size="sm" aria-hidden />
      <span className={classes["text"]}>
        <span className={level === 1 ? classes["all"] : "mono"}>
          {level === 1 ? t("topics.all") : (action ?? topic)}
        </span>
        <span className={classes["more"]}>
          <Text span size="xs" lang={level === 1 ? undefined : "en"}>
            {level === 1 ? t("topics.allHint") : descriptionOf(row, topics)}
          </Text>
          {isEmpty ? <Tag>{t("topics.notYet")}</Tag> : null}
          {fresh.has(row.id) ? <Tag>{t("topics.new")}</Tag> : null}
          {level === 2 && check === "mixed" ? (
            <Text span size="xs">
              {t("topics.some", { taken: takenOf(choice, topics, topic), all: actionsOf(topics, topic).length })}
            </Text>
          ) : null}
        </span>
      </span>
      <span className={classes["count"]}>
        {count === null || isEmpty ? "" : t("topics.count", { count, shown: countText(count, locale) })}
      </span>
    </div>
  );
}

function Tag({ children }: { children: string }) {
  return (
    <Badge size="xs" variant="light" color="blue" tt="none">
      {children}
    </Badge>
  );
}

/** A line that is checked in part becomes checked. */
function toggled(choice: TopicChoice, topics: Topics, { topic, action, check }: TreeRow): TopicChoice {
  const isOn = check !== true;
  if (topic === null) return withAll(choice, topics, isOn);
  return action === null ? withTopic(choice, topic, isOn) : withAction(choice, topics, { topic, action, isOn });
}

function descriptionOf({ topic, action }: TreeRow, topics: Topics): string {
  const known = topics[topic ?? ""];
  return (action === null ? known?.description : known?.actions[action]?.description) ?? "";
}

function actionsOf(topics: Topics, topic: string | null): string[] {
  return Object.keys(topics[topic ?? ""]?.actions ?? {});
}

function takenOf(choice: TopicChoice, topics: Topics, topic: string | null): number {
  return [...takenNames(choice, topics)].filter((name) => name.startsWith(`${topic}.`)).length;
}

function countOf({ topic, action }: TreeRow, topics: Topics, counts: ReadonlyMap<string, number>): number {
  if (topic === null) return counts.values().reduce((sum, count) => sum + count, 0);
  const names = action === null ? actionsOf(topics, topic) : [action];
  return names.reduce((sum, name) => sum + (counts.get(`${topic}.${name}`) ?? 0), 0);
}
