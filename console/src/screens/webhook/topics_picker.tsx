/** Chooses what a webhook takes: search, tree, and an example of the action that one is on. */
import { Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { CodeBlock } from "../../parts/code_block.tsx";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { useActionCounts } from "../webhooks/webhook_reads.ts";
import type { TopicChoice } from "./topic_choice.ts";
import { topicCheck, unknownNames } from "./topic_choice.ts";
import { TopicsTree } from "./topics_tree.tsx";
import { useFreshActions } from "./fresh_actions.ts";
import { ALL_ROW } from "./tree_rows.ts";
import classes from "./topics.module.css";

/** `level`: of the headings inside. `isSearchOfPage`: `/` leads to its search field. */
export function TopicsPicker({
  topics,
  choice,
  isSearchOfPage = false,
  onChange,
}: {
  topics: Topics;
  choice: TopicChoice;
  isSearchOfPage?: boolean;
  onChange: (choice: TopicChoice) => void;
}) {
  const t = useT();
  const counts = useActionCounts();
  const fresh = useFreshActions(topics);
  const [words, setWords] = useState("");
  const [reached, setReached] = useState<string>(ALL_ROW);
  const names = Object.keys(topics);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(
    () => new Set(names.filter((topic) => topicCheck(choice, topics, topic) === "mixed")),
  );
  const isAllExpanded = names.every((topic) => expanded.has(topic));
  const unknown = unknownNames(choice, topics);
  const lost = [...unknown.topics, ...unknown.actions];
  return (
    <div className={classes["container"]}>
      <div className={classes["picker"]}>
        <Stack gap="xs" miw={0}>
          <Group align="end" gap="xs">
            <TextInput
              type="search"
              flex={1}
              label={t("topics.search")}
              leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
              value={words}
              autoComplete="off"
              spellCheck={false}
              data-page-search={isSearchOfPage || undefined}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
            <Button variant="default" onClick={() => setExpanded(new Set(isAllExpanded ? [] : names))}>
              {t(isAllExpanded ? "topics.collapseAll" : "topics.expandAll")}
            </Button>
          </Group>
          <TopicsTree
            topics={topics}
            choice={choice}
            words={words}
            counts={counts}
            fresh={fresh}
            expanded={expanded}
            onExpand={setExpanded}
            onChange={onChange}
            onReach={setReached}
          />
          {lost.length === 0 ? null : <Text size="sm">{t("topics.lost", { names: lost.join(", ") })}</Text>}
        </Stack>
        <Example topics={topics} id={reached} />
      </div>
    </div>
  );
}

/** The sample of the action that the tree is on. */
function Example({ topics, id }: { topics: Topics; id: string }) {
  const t = useT();
  const [topic = "", action = ""] = id.split(".");
  const known = topics[topic]?.actions[action];
  return (
    <Paper withBorder p="md" className={classes["example"] ?? ""} component="section" aria-label={t("topics.example")}>
      <Stack gap="xs">
        <Title order={3} size="h5">
          {t("topics.example")}
        </Title>
        {known === undefined ? (
          <Text size="sm">{t("topics.exampleHint")}</Text>
        ) : (
          <>
            <Text size="sm" className="mono" fw={600}>
              {id}
            </Text>
            <Text size="sm" lang="en">
              {known.description}
            </Text>
            <Text size="sm">{t("topics.nature", { nature: known.msgNature })}</Text>
            <CodeBlock code={JSON.stringify(known.sample, null, 2)} what={t("topics.sampleOf", { name: id })} />
          </>
        )}
      </Stack>
    </Paper>
  );
}
