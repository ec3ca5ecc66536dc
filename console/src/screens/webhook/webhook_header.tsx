/** The head of a webhook's page: what it is, what it does now, and what can be done to it. */
import { Button, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconSend, IconTags } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { RelativeTime } from "../../parts/time_text.tsx";
import { useCan } from "../../session.ts";
import { StateBadge } from "../webhooks/state_badge.tsx";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { WebhookMenu } from "./webhook_menu.tsx";
import classes from "./webhook.module.css";

const ICON = { size: 16, stroke: 1.6, "aria-hidden": true } as const;

/** `onResend` and `onSendTest` open what asks for the rest. */
export function WebhookHeader({
  webhook,
  onSendTest,
  onResend,
}: {
  webhook: Webhook;
  onSendTest: () => void;
  onResend: () => void;
}) {
  const t = useT();
  const changes = useWebhookChanges();
  const canReadEvents = useCan("events");
  const { appId, appEnv, _id: webhookId, isDisabled, url } = webhook;
  const toggle = (
    <Button
      variant="default"
      leftSection={isDisabled ? <IconPlayerPlay {...ICON} /> : <IconPlayerPause {...ICON} />}
      onClick={() => void changes.setDisabled([webhook], !isDisabled)}
    >
      {t(isDisabled ? "webhook.enable" : "webhook.disable")}
    </Button>
  );
  return (
    <>
      <PageTitle title={labelText(url)}>
        {toggle}
        <Button
          variant="default"
          component={Link}
          to="/a/$appId/$appEnv/webhooks/$webhookId/topics"
          params={{ appId, appEnv, webhookId } as never}
          leftSection={<IconTags {...ICON} />}
        >
          {t("webhook.manageTopics")}
        </Button>
        <Button variant="default" leftSection={<IconSend {...ICON} />} onClick={onSendTest} aria-haspopup="dialog">
          {t("webhook.sendTest")}
        </Button>
        {canReadEvents ? (
          <Button variant="default" leftSection={<IconRefresh {...ICON} />} onClick={onResend} aria-haspopup="dialog">
            {t("webhook.resend")}
          </Button>
        ) : null}
        <WebhookMenu webhook={webhook} />
      </PageTitle>
      <EndpointLine webhook={webhook} isUrlShown />
    </>
  );
}

/** State, description, URL and id in one line. `isUrlShown`: the page shows it already, so that it is only copied here. */
export function EndpointLine({ webhook, isUrlShown = false }: { webhook: Webhook; isUrlShown?: boolean }) {
  const t = useT();
  const { _id: id, url, description, failingSince, isDisabled, _createdAt } = webhook;
  return (
    <div className={classes["endpoint"]}>
      <StateBadge webhook={webhook} />
      {description === "" ? null : (
        <Text span fw={600}>
          <bdi>{labelText(description)}</bdi>
        </Text>
      )}
      <span className={classes["id"]}>
        <Text span className={isUrlShown ? "" : "mono"} size="sm">
          <bdi>{isUrlShown ? t("webhooks.column.url") : labelText(url)}</bdi>
        </Text>
        <CopyButton value={url} what={t("webhooks.column.url")} />
      </span>
      <span className={classes["id"]}>
        <Text span className="mono" size="sm">
          {id}
        </Text>
        <CopyButton value={id} what={t("webhook.id")} />
      </span>
      <Text span size="sm">
        {t("webhook.created")} <RelativeTime at={_createdAt} />
      </Text>
      {failingSince === undefined || isDisabled ? null : (
        <Text span size="sm">
          {t("webhook.failingSince")} <RelativeTime at={failingSince} />
        </Text>
      )}
    </div>
  );
}
