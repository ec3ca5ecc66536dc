/** Topics and actions as a tree, searched by words: arrow keys move and fold, Enter opens an action. */
import { Badge, Stack, Text } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { KeyboardEvent } from "react";
import { useRef, useState } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { countText } from "../../parts/quantities.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { SearchField } from "../../parts/search_field.tsx";
import { useTenant } from "../../tenant.ts";
import { ALL_TAKEN } from "../webhook/topic_choice.ts";
import type { TreeRow } from "../webhook/tree_rows.ts";
import { ALL_ROW, treeMove, treeRows } from "../webhook/tree_rows.ts";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { catalogueSearch } from "./catalogue_search.ts";
import classes from "./catalogue.module.css";

/** `counts`: messages of 30 days by `TOPIC.ACTION`; null where that is not known. */
export function CatalogueTree({ topics, counts }: { topics: Topics; counts: ReadonlyMap<string, number> | null }) {
  const t = useT();
  const { q } = catalogueSearch(useSearch({ strict: false }));
  const change = useSearchChange();
  const open = useOpenAction();
  const { topic: shownTopic, action: shownAction } = useParams({ strict: false });
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set(Object.keys(topics)));
  const rows = treeRows({ tree: topics, choice: ALL_TAKEN, expanded, words: q ?? "" }).filter(
    ({ id }) => id !== ALL_ROW,
  );
  const shown = shownTopic === undefined ? null : `${shownTopic}.${shownAction ?? ""}`;
  const [wanted, setWanted] = useState<string | null>(shown);
  const active = rows.find(({ id }) => id === wanted)?.id ?? rows[0]?.id ?? null;
  const tree = useRef<HTMLDivElement>(null);

  const fold = ({ topic, isExpanded }: TreeRow): void => {
    if (topic === null || isExpanded === null) return;
    setExpanded(isExpanded ? expanded.difference(new Set([topic])) : expanded.union(new Set([topic])));
  };
  const activate = (row: TreeRow): void => {
    setWanted(row.id);
    if (row.topic !== null && row.action !== null) open(row.topic, row.action);
    else fold(row);
  };
  const press = (event: KeyboardEvent, row: TreeRow): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const move = treeMove(rows, row.id, event.key);
    if (move === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (move.kind === "toggle") activate(row);
    else if (move.kind === "expand") setExpanded(expanded.union(new Set(move.topics)));
    else if (move.kind === "collapse") setExpanded(expanded.difference(new Set([move.topic])));
    else {
      setWanted(move.id);
      tree.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(move.id)}"]`)?.focus();
    }
  };
  return (
    <Stack gap="sm">
      <SearchField label={t("catalogue.search")} value={q} onChange={(text) => change({ q: text })} />
      {rows.length === 0 ? (
        <Text role="status">{t("catalogue.noMatch")}</Text>
      ) : (
        <div ref={tree} role="tree" aria-label={t("catalogue.tree")} className={classes["tree"]}>
          {rows.map((row) => (
            <Line
              key={row.id}
              row={row}
              isDeprecated={row.action !== null && topics[row.topic ?? ""]?.actions[row.action]?.isDeprecated === true}
              count={counts === null || row.action === null ? null : (counts.get(row.id) ?? 0)}
              isActive={row.id === active}
              isShown={row.id === shown}
              onFocus={() => setWanted(row.id)}
              onPress={(event) => press(event, row)}
              onActivate={() => activate(row)}
            />
          ))}
        </div>
      )}
    </Stack>
  );
}

function Line({
  row,
  isDeprecated,
  count,
  isActive,
  isShown,
  onFocus,
  onPress,
  onActivate,
}: {
  row: TreeRow;
  isDeprecated: boolean;
  count: number | null;
  isActive: boolean;
  isShown: boolean;
  onFocus: () => void;
  onPress: (event: KeyboardEvent) => void;
  onActivate: () => void;
}) {
  const t = useT();
  const locale = useLocale();
  const { topic, action, isExpanded, setSize, position } = row;
  const isEmptyTopic = action === null && isExpanded === null;
  return (
    <div
      role="treeitem"
      aria-level={row.level - 1}
      aria-setsize={setSize}
      aria-posinset={position}
      aria-selected={isShown}
      aria-expanded={isExpanded ?? undefined}
      tabIndex={isActive ? 0 : -1}
      data-row={row.id}
      data-level={row.level - 1}
      className={classes["line"]}
      onFocus={onFocus}
      onKeyDown={onPress}
      onClick={onActivate}
    >
      {action === null ? (
        <IconChevronRight
          size={16}
          stroke={1.8}
          aria-hidden
          className={classes["fold"]}
          data-open={isExpanded}
          data-empty={isEmptyTopic}
        />
      ) : null}
      <span className={classes["name"]}>{action ?? topic}</span>
      {isEmptyTopic ? (
        <Badge variant="light" color="gray" tt="none">
          {t("catalogue.noActions")}
        </Badge>
      ) : null}
      {isDeprecated ? (
        <Badge variant="light" color="orange" tt="none">
          {t("catalogue.deprecated")}
        </Badge>
      ) : null}
      {count === null || count === 0 ? null : (
        <Text span size="xs">
          {t("catalogue.count", { count, text: countText(count, locale) })}
        </Text>
      )}
    </div>
  );
}

/** Leads to an action and keeps the words. */
function useOpenAction(): (topic: string, action: string) => void {
  const navigate = useNavigate();
  const tenant = useTenant();
  const { q } = catalogueSearch(useSearch({ strict: false }));
  return (topic, action) => {
    const search = q === undefined ? {} : { q };
    void navigate({ to: "/a/$appId/$appEnv/catalogue/$topic/$action", params: { ...tenant, topic, action }, search });
  };
}
