/** What can be done to all selected webhooks at once: enable, disable, take one more topic. */
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import type { TopicChoice } from "../webhook/topic_choice.ts";
import { isSameChoice, withAction, withTopic } from "../webhook/topic_choice.ts";
import { TopicSelect } from "./topic_select.tsx";
import type { WebhookChange } from "./webhook_changes.ts";
import { useWebhookChanges } from "./webhook_changes.ts";
import type { Webhook } from "./webhook_list.ts";
import type { Topics } from "./webhook_reads.ts";
import classes from "./webhooks.module.css";

const ICON = { size: 16, stroke: 1.6, "aria-hidden": true } as const;

/** `topics` null: the catalogue is not there yet. */
export function BulkBar({
  webhooks,
  topics,
  onClear,
}: {
  webhooks: readonly Webhook[];
  topics: Topics | null;
  onClear: () => void;
}) {
  const t = useT();
  const changes = useWebhookChanges();
  const [isAdding, adding] = useDisclosure(false);
  const [call, ...others] = webhooks.map((webhook) => updateOf(webhook, { isDisabled: !webhook.isDisabled }));
  if (call === undefined) return null;
  return (
    <Group className={classes["bar"] ?? ""} role="region" aria-label={t("webhooks.bulk.label")} gap="xs">
      <Text size="sm" fw={600} mr="auto">
        {t("parts.selected", { count: webhooks.length })}
      </Text>
      <Button
        variant="default"
        leftSection={<IconPlayerPlay {...ICON} />}
        disabled={webhooks.every(({ isDisabled }) => !isDisabled)}
        onClick={() => void changes.setDisabled(webhooks, false)}
      >
        {t("webhooks.bulk.enable")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPlayerPause {...ICON} />}
        disabled={webhooks.every(({ isDisabled }) => isDisabled)}
        onClick={() => void changes.setDisabled(webhooks, true)}
      >
        {t("webhooks.bulk.disable")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPlus {...ICON} />}
        disabled={topics === null}
        onClick={adding.open}
        aria-haspopup="dialog"
      >
        {t("webhooks.bulk.addTopic")}
      </Button>
      <ApiCallButton {...call} also={others} />
      <Button variant="subtle" onClick={onClear}>
        {t("parts.clearSelection")}
      </Button>
      {topics === null ? null : (
        <AddTopicDialog isOpen={isAdding} webhooks={webhooks} topics={topics} onClose={adding.close} />
      )}
    </Group>
  );
}

/** Each webhook gets a call of its own. */
function updateOf({ _id: webhookId }: Webhook, body: WebhookChange) {
  return { id: "updateWebhook", args: { path: { webhookId }, body } } as const;
}

function AddTopicDialog({
  isOpen,
  webhooks,
  topics,
  onClose,
}: {
  isOpen: boolean;
  webhooks: readonly Webhook[];
  topics: Topics;
  onClose: () => void;
}) {
  const t = useT();
  const changes = useWebhookChanges();
  const [name, setName] = useState("");
  const lacking =
    name === "" ? [] : webhooks.filter((webhook) => !isSameChoice(webhook, taking(webhook, topics, name)));
  const [call, ...others] = lacking.map((webhook) => updateOf(webhook, taking(webhook, topics, name)));
  const add = async () => {
    onClose();
    await changes.updateMany({
      webhooks: lacking,
      changeOf: (webhook) => ({ ...taking(webhook, topics, name) }),
      undoOf: ({ disabledTopics, disabledActions }) => ({ disabledTopics, disabledActions }),
      done: (count) => t("webhooks.bulk.added", { name, count }),
    });
  };
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("webhooks.bulk.addTopic.title", { count: webhooks.length })}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Stack>
          <TopicSelect
            label={t("webhooks.filter.topic")}
            none={t("webhooks.bulk.chooseTopic")}
            topics={topics}
            value={name}
            onChange={setName}
          />
          <Text size="sm" role="status">
            {name === "" ? "" : t("webhooks.bulk.lacking", { lacking: lacking.length, all: webhooks.length })}
          </Text>
          {call === undefined ? null : (
            <Group>
              <ApiCallButton {...call} also={others} />
            </Group>
          )}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {t("parts.cancel")}
            </Button>
            <Button type="submit" disabled={lacking.length === 0}>
              {t("webhooks.bulk.add")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What the webhook takes once it takes the topic or action, too. */
function taking(
  webhook: Webhook,
  topics: Topics,
  name: string,
): { disabledTopics: string[]; disabledActions: string[] } {
  const [topic = "", action] = name.split(".");
  const choice: TopicChoice =
    action === undefined ? withTopic(webhook, topic, true) : withAction(webhook, topics, { topic, action, isOn: true });
  return { disabledTopics: [...choice.disabledTopics], disabledActions: [...choice.disabledActions] };
}
