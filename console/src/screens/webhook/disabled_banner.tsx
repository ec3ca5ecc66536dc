/** Why the server disabled a webhook, since when, what waits, and how to go on. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { countText } from "../../parts/quantities.ts";
import { RelativeTime } from "../../parts/time_text.tsx";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";

const EXPLANATIONS = {
  GONE: "webhook.autoDisabled.gone",
  FAILING: "webhook.autoDisabled.failing",
  RECEIVER: "webhook.autoDisabled.receiver",
} as const;

/** Nothing unless it was the server. */
export function DisabledBanner({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const locale = useLocale();
  const changes = useWebhookChanges();
  const { _id: webhookId, disabledReason, failingSince, stats } = webhook;
  if (disabledReason === undefined || disabledReason === "MANUAL") return null;
  const shown = countText(stats.pending, locale);
  return (
    <Alert
      color="red"
      mb="md"
      title={t("webhook.autoDisabled.title")}
      icon={<IconAlertTriangle aria-hidden />}
      role="region"
      aria-label={t("webhook.autoDisabled.title")}
    >
      <Stack gap="xs" align="start">
        <Text size="sm">{t(EXPLANATIONS[disabledReason])}</Text>
        {failingSince === undefined ? null : (
          <Text size="sm">
            {t("webhook.failingSince")} <RelativeTime at={failingSince} />
          </Text>
        )}
        <Text size="sm">{t("webhook.autoDisabled.waiting", { count: stats.pending, shown })}</Text>
        <Group gap="xs">
          <Button variant="default" onClick={() => void changes.setDisabled([webhook], false)}>
            {t("webhook.autoDisabled.enable")}
          </Button>
          <ApiCallButton id="updateWebhook" args={{ path: { webhookId }, body: { isDisabled: false } }} />
        </Group>
      </Stack>
    </Alert>
  );
}
