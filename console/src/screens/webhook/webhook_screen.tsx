/** One webhook: its head, and behind tabs its events, topics, settings, programs and history. */
import { Stack, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useParams, useSearch } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { Snippets } from "../../parts/snippets.tsx";
import { StatsChart } from "../../parts/stats_chart.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { EventsList } from "../events/events_list.tsx";
import { BulkResendDialog } from "../jobs/bulk_resend_dialog.tsx";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { ActivityTab } from "./activity_tab.tsx";
import { DisabledBanner } from "./disabled_banner.tsx";
import { LoadedWebhook } from "./loaded_webhook.tsx";
import { SettingsTab } from "./settings_tab.tsx";
import { TestPanel } from "./test_panel.tsx";
import { TopicsEditor } from "./topics_editor.tsx";
import { WebhookHeader } from "./webhook_header.tsx";
import { WEBHOOK_TABS, webhookSearch } from "./webhook_search.ts";

/** `/a/…/webhooks/:webhookId`. */
export function WebhookScreen() {
  const t = useT();
  const { webhookId = "" } = useParams({ strict: false });
  return (
    <LoadedWebhook webhookId={webhookId} title={t("webhook.title")}>
      {(webhook) => <WebhookPage webhook={webhook} />}
    </LoadedWebhook>
  );
}

function WebhookPage({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const change = useSearchChange();
  const [isResending, resending] = useDisclosure(false);
  const { tab = "events", send } = webhookSearch(useSearch({ strict: false }));
  return (
    <>
      <WebhookHeader
        webhook={webhook}
        onSendTest={() => change({ send: "test" }, { isReplacing: false })}
        onResend={resending.open}
      />
      <DisabledBanner webhook={webhook} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          change({ tab: next === "events" ? undefined : (next ?? undefined) }, { isReplacing: false })
        }
      >
        <Tabs.List aria-label={t("webhook.tabs")}>
          {WEBHOOK_TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`webhook.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <TabContent tab={tab} webhook={webhook} />
        </Tabs.Panel>
      </Tabs>
      <TestPanel webhook={webhook} wanted={send ?? null} onClose={() => change({ send: undefined })} />
      <BulkResendDialog webhookId={webhook._id} filter={null} isOpen={isResending} onClose={resending.close} />
    </>
  );
}

function TabContent({ tab, webhook }: { tab: (typeof WEBHOOK_TABS)[number]; webhook: Webhook }) {
  switch (tab) {
    case "events":
      return (
        <Stack>
          <StatsChart webhookId={webhook._id} />
          <EventsList webhookId={webhook._id} />
        </Stack>
      );
    case "topics":
      return <TopicsEditor webhook={webhook} />;
    case "settings":
      return <SettingsTab webhook={webhook} />;
    case "snippets":
      return <Snippets webhook={webhook} />;
    case "activity":
      return <ActivityTab webhookId={webhook._id} />;
  }
}
