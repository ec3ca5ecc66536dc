/** The topics of a webhook, changed and saved together: the bar tells what a save would change, and a save can be undone. */
import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { hostOf } from "../../parts/label_text.ts";
import { countText } from "../../parts/quantities.ts";
import { Loaded } from "../../parts/states.tsx";
import { toastProblem, toastUndo } from "../../parts/toast.ts";
import { UnsavedGuard } from "../../parts/unsaved_guard.tsx";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { useActionCounts, useCatalog } from "../webhooks/webhook_reads.ts";
import type { TopicChoice } from "./topic_choice.ts";
import { choiceDiff, isSameChoice, takenNames } from "./topic_choice.ts";
import { TopicsPicker } from "./topics_picker.tsx";
import classes from "./topics.module.css";

/** On the page of its own and in the tab of the webhook's page. */
export function TopicsEditor({ webhook }: { webhook: Webhook }) {
  const catalog = useCatalog();
  return <Loaded query={catalog}>{(topics) => <Editor webhook={webhook} topics={topics} />}</Loaded>;
}

function Editor({ webhook, topics }: { webhook: Webhook; topics: Topics }) {
  const t = useT();
  const changes = useWebhookChanges();
  const [draft, setDraft] = useState<TopicChoice | null>(null);
  const [isSaving, setSaving] = useState(false);
  const stored: TopicChoice = { disabledTopics: webhook.disabledTopics, disabledActions: webhook.disabledActions };
  const choice = draft ?? stored;
  const isDirty = !isSameChoice(choice, stored);
  const body = { disabledTopics: [...choice.disabledTopics], disabledActions: [...choice.disabledActions] };
  const undo = async () => {
    try {
      const { disabledTopics, disabledActions } = stored;
      await changes.update(webhook._id, {
        disabledTopics: [...disabledTopics],
        disabledActions: [...disabledActions],
      });
    } catch (error) {
      toastProblem(t, error);
    }
  };
  const save = async () => {
    setSaving(true);
    try {
      await changes.update(webhook._id, body);
      setDraft(null);
      toastUndo(t, t("topics.saved", { host: hostOf(webhook.url) }), () => void undo());
    } catch (error) {
      toastProblem(t, error);
    } finally {
      setSaving(false);
    }
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TopicsPicker topics={topics} choice={choice} isSearchOfPage onChange={setDraft} />
        <Group className={classes["saveBar"] ?? ""} data-sticky="true" justify="space-between" gap="xs">
          <Text size="sm" role="status">
            <Difference before={stored} after={choice} topics={topics} />
          </Text>
          <Group gap="xs">
            <ApiCallButton id="updateWebhook" args={{ path: { webhookId: webhook._id }, body }} />
            <Button variant="default" disabled={!isDirty} onClick={() => setDraft(null)}>
              {t("parts.cancel")}
            </Button>
            <Button type="submit" disabled={!isDirty} loading={isSaving}>
              {t("parts.save")}
            </Button>
          </Group>
        </Group>
      </form>
      <UnsavedGuard isDirty={isDirty && !isSaving} />
    </>
  );
}

/** "+2 −1; about 340 events a day". */
function Difference({ before, after, topics }: { before: TopicChoice; after: TopicChoice; topics: Topics }) {
  const t = useT();
  const locale = useLocale();
  const counts = useActionCounts();
  const { added, removed } = choiceDiff(before, after, topics);
  const names = takenNames(after, topics);
  const ofWeek = counts === null ? null : [...names].reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
  const volume = ofWeek === null ? "" : t("topics.volume", { perDay: countText(Math.round(ofWeek / 7), locale) });
  const change = isSameChoice(before, after)
    ? t("topics.unchanged", { taken: names.size })
    : t("topics.diff", { added: added.length, removed: removed.length });
  return [change, volume].filter((text) => text !== "").join(" · ");
}
