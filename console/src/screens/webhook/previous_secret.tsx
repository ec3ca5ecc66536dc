/** While a rotation lets the old secret sign along: until when, and ending it at once. */
import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyOff } from "@tabler/icons-react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ConfirmDialog } from "../../parts/confirm_dialog.tsx";
import { hostOf } from "../../parts/label_text.ts";
import { RelativeTime } from "../../parts/time_text.tsx";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import type { Secrets } from "./secret_block.tsx";

/** Nothing where no old secret is valid. `onEnded` gets the secrets that are left. */
export function PreviousSecret({ webhook, onEnded }: { webhook: Webhook; onEnded: (secrets: Secrets) => void }) {
  const t = useT();
  const changes = useWebhookChanges();
  const [isAsking, asking] = useDisclosure(false);
  const [isBusy, setBusy] = useState(false);
  const { _id: webhookId, appEnv, previousSecretsUntil } = webhook;
  const host = hostOf(webhook.url);
  const end = async () => {
    setBusy(true);
    try {
      onEnded(await call("endPreviousSecrets", { path: { webhookId } }));
      asking.close();
      toastDone(t("secret.previous.ended"));
      await changes.refresh();
    } catch (error) {
      toastProblem(t, error);
    } finally {
      setBusy(false);
    }
  };
  if (previousSecretsUntil === undefined) return null;
  return (
    <Group gap="xs">
      <Text size="sm">
        {t("secret.oldExpires")} <RelativeTime at={previousSecretsUntil} />
      </Text>
      <Button
        variant="default"
        leftSection={<IconKeyOff size={16} stroke={1.6} aria-hidden />}
        onClick={asking.open}
        aria-haspopup="dialog"
      >
        {t("secret.previous.end")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={t("secret.previous.title", { host })}
        action={t("secret.previous.action")}
        typed={appEnv === "PRODUCTION" ? host : null}
        isBusy={isBusy}
        onConfirm={() => void end()}
        onClose={asking.close}
      >
        <Text>{t("secret.previous.text")}</Text>
        <Group>
          <ApiCallButton id="endPreviousSecrets" args={{ path: { webhookId } }} />
        </Group>
      </ConfirmDialog>
    </Group>
  );
}
