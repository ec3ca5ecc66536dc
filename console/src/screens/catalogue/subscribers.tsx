/** Which webhooks take an action, which do not, and how to change that. */
import { Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { hostOf, labelText } from "../../parts/label_text.ts";
import { Loaded } from "../../parts/states.tsx";
import { useTenant } from "../../tenant.ts";
import { isTaken, withAction } from "../webhook/topic_choice.ts";
import type { WebhookChange } from "../webhooks/webhook_changes.ts";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { webhooksQuery } from "../webhooks/webhook_reads.ts";
import classes from "./catalogue.module.css";

type What = { topics: Topics; topic: string; action: string };

/** Those that take it first. */
export function Subscribers({ topics, topic, action }: What) {
  const t = useT();
  const tenant = useTenant();
  const query = useQuery(webhooksQuery(tenant));
  const toggles = (query.data ?? []).map((webhook) => ({
    id: "updateWebhook" as const,
    args: {
      path: { webhookId: webhook._id },
      body: toggleOf(webhook, { topics, topic, action, isOn: !isTaken(webhook, topic, action) }),
    },
  }));
  return (
    <Stack component="section" gap="xs" aria-labelledby="action-subscribers">
      <Group justify="space-between">
        <Title order={3} size="h4" id="action-subscribers">
          {t("catalogue.subscribers")}
        </Title>
        <Group gap="xs">
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link {...props} to="/a/$appId/$appEnv/webhooks/new" params={tenant} search={{ topic, action }} />
            )}
          >
            {t("palette.addWebhook")}
          </Button>
          <ApiCallButton id="listWebhooks" args={{ path: tenant }} also={toggles} />
        </Group>
      </Group>
      <Loaded query={query} lines={3}>
        {(webhooks) =>
          webhooks.length === 0 ? (
            <Text size="sm">{t("catalogue.subscribers.none")}</Text>
          ) : (
            <ul className={classes["rows"]}>
              {webhooks
                .toSorted((a, b) => Number(isTaken(b, topic, action)) - Number(isTaken(a, topic, action)))
                .map((webhook) => (
                  <li key={webhook._id}>
                    <Row webhook={webhook} topics={topics} topic={topic} action={action} />
                  </li>
                ))}
            </ul>
          )
        }
      </Loaded>
    </Stack>
  );
}

/** The change that makes a webhook take the action, or take it no more. */
function toggleOf(webhook: Webhook, { topics, topic, action, isOn }: What & { isOn: boolean }): WebhookChange {
  return { ...withAction(webhook, topics, { topic, action, isOn }) } as never; // lists of names
}

function Row({ webhook, topics, topic, action }: What & { webhook: Webhook }) {
  const t = useT();
  const { appId, appEnv } = useTenant();
  const changes = useWebhookChanges();
  const isSubscribed = isTaken(webhook, topic, action);
  const url = labelText(webhook.url);
  const link = {
    to: "/a/$appId/$appEnv/webhooks/$webhookId",
    params: { appId, appEnv, webhookId: webhook._id },
  } as const;
  const change = (isOn: boolean): void => {
    const key = isOn ? "catalogue.subscribed" : "catalogue.unsubscribed";
    void changes.updateMany({
      webhooks: [webhook],
      changeOf: (one) => toggleOf(one, { topics, topic, action, isOn }),
      undoOf: ({ disabledTopics, disabledActions }) => ({ disabledTopics, disabledActions }),
      done: () => t(key, { host: hostOf(webhook.url), name: `${topic}.${action}` }),
    });
  };
  return (
    <>
      <Group gap="xs">
        <Anchor size="sm" renderRoot={(props) => <Link {...props} {...link} />}>
          {url}
        </Anchor>
        <Badge color={isSubscribed ? "green" : "gray"} variant="light" tt="none">
          {t(isSubscribed ? "catalogue.takes" : "catalogue.takesNot")}
        </Badge>
        {webhook.isDisabled ? (
          <Badge color="gray" variant="light" tt="none" leftSection={<IconPlayerPause size={14} aria-hidden />}>
            {t("catalogue.disabled")}
          </Badge>
        ) : null}
      </Group>
      <Group gap="xs">
        {isSubscribed && !webhook.isDisabled ? (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("catalogue.testNamed", { url })}
            renderRoot={(props) => <Link {...props} {...link} search={{ send: `${topic}.${action}` }} />}
          >
            {t("catalogue.test")}
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t(isSubscribed ? "catalogue.unsubscribeNamed" : "catalogue.subscribeNamed", { url })}
          onClick={() => change(!isSubscribed)}
        >
          {t(isSubscribed ? "catalogue.unsubscribe" : "catalogue.subscribe")}
        </Button>
      </Group>
    </>
  );
}
