/** What can be done to a webhook from its line in the list. */
import { ActionIcon, Menu } from "@mantine/core";
import {
  IconDots,
  IconExternalLink,
  IconLink,
  IconPlayerPause,
  IconPlayerPlay,
  IconSend,
  IconTags,
} from "@tabler/icons-react";
import { useClipboard } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { hostOf } from "../../parts/label_text.ts";
import { useCallsItem } from "./calls_item.tsx";
import { useWebhookChanges } from "./webhook_changes.ts";
import type { Webhook } from "./webhook_list.ts";

const ICON = { size: 16, stroke: 1.6, "aria-hidden": true } as const;

/** A button that opens the menu. */
export function RowMenu({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const navigate = useNavigate();
  const clipboard = useClipboard();
  const changes = useWebhookChanges();
  const calls = useCallsItem(webhook);
  const { appId, appEnv, _id: webhookId, isDisabled } = webhook;
  const params = { appId, appEnv, webhookId };
  const open = (search: object): void => {
    const page = { to: "/a/$appId/$appEnv/webhooks/$webhookId", params, search } as const;
    void navigate(page as never); // the search is that of the webhook's page
  };
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("webhooks.actionsOf", { host: hostOf(webhook.url) })}>
            <IconDots {...ICON} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconExternalLink {...ICON} />} onClick={() => open({})}>
            {t("webhooks.open")}
          </Menu.Item>
          <Menu.Item leftSection={<IconSend {...ICON} />} onClick={() => open({ send: "test" })}>
            {t("webhook.sendTest")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTags {...ICON} />}
            onClick={() => void navigate({ to: "/a/$appId/$appEnv/webhooks/$webhookId/topics", params })}
          >
            {t("webhook.manageTopics")}
          </Menu.Item>
          <Menu.Item
            leftSection={isDisabled ? <IconPlayerPlay {...ICON} /> : <IconPlayerPause {...ICON} />}
            onClick={() => void changes.setDisabled([webhook], !isDisabled)}
          >
            {t(isDisabled ? "webhook.enable" : "webhook.disable")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLink {...ICON} />}
            onClick={() => {
              clipboard.copy(webhook.url);
              say(t("parts.copiedNamed", { what: t("webhooks.column.url") }));
            }}
          >
            {t("parts.copyNamed", { what: t("webhooks.column.url") })}
          </Menu.Item>
          {calls.item}
        </Menu.Dropdown>
      </Menu>
      {calls.dialog}
    </>
  );
}
