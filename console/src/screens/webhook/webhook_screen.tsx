/** One webhook: its head, and behind tabs its events, topics, settings, programs and history. */
import { Stack, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useT } from "../../i18n/i18n.ts";
import { LateDialog } from "../../parts/late_dialog.tsx";
import { StatsChart } from "../../parts/stats_chart.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { Loading } from "../../parts/states.tsx";
import { EventsList } from "../events/events_list.tsx";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { DisabledBanner } from "./disabled_banner.tsx";
import { LoadedWebhook } from "./loaded_webhook.tsx";
import { WebhookHeader } from "./webhook_header.tsx";
import { WEBHOOK_TABS, webhookSearch } from "./webhook_search.ts";

const ActivityTab = lazy(async () => ({ default: (await import("./activity_tab.tsx")).ActivityTab }));
const BulkResendDialog = lazy(async () => ({
  default: (await import("../jobs/bulk_resend_dialog.tsx")).BulkResendDialog,
}));
const SettingsTab = lazy(async () => ({ default: (await import("./settings_tab.tsx")).SettingsTab }));
const Snippets = lazy(async () => ({ default: (await import("../../parts/snippets.tsx")).Snippets }));
const TestPanel = lazy(async () => ({ default: (await import("./test_panel.tsx")).TestPanel }));
const TopicsEditor = lazy(async () => ({ default: (await import("./topics_editor.tsx")).TopicsEditor }));

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
          <Suspense fallback={<Loading />}>
            <TabContent tab={tab} webhook={webhook} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
      <LateDialog isOpen={send !== undefined}>
        <TestPanel webhook={webhook} wanted={send ?? null} onClose={() => change({ send: undefined })} />
      </LateDialog>
      <LateDialog isOpen={isResending}>
        <BulkResendDialog webhookId={webhook._id} filter={null} isOpen onClose={resending.close} />
      </LateDialog>
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
