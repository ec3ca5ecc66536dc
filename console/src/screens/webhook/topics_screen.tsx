/** "Manage Topics": what a webhook receives, on a page of its own. */
import { Button } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { LoadedWebhook } from "./loaded_webhook.tsx";
import { TopicsEditor } from "./topics_editor.tsx";
import { EndpointLine } from "./webhook_header.tsx";

/** `/a/…/webhooks/:webhookId/topics`. */
export function TopicsScreen() {
  const t = useT();
  const { webhookId = "" } = useParams({ strict: false });
  return (
    <LoadedWebhook webhookId={webhookId} title={t("webhook.manageTopics")}>
      {(webhook) => (
        <>
          <PageTitle title={t("webhook.manageTopics")}>
            <Button
              variant="default"
              component={Link}
              to="/a/$appId/$appEnv/webhooks/$webhookId"
              params={{ appId: webhook.appId, appEnv: webhook.appEnv, webhookId } as never}
              leftSection={<IconArrowLeft size={16} stroke={1.6} aria-hidden />}
            >
              {t("webhook.back")}
            </Button>
          </PageTitle>
          <EndpointLine webhook={webhook} />
          <TopicsEditor webhook={webhook} />
        </>
      )}
    </LoadedWebhook>
  );
}
