/** The signing secret in the settings: hidden until somebody asks, which is written to the audit log. */
import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useClipboard, useDisclosure } from "@mantine/hooks";
import { IconCopy, IconEye, IconEyeOff, IconKey } from "@tabler/icons-react";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { CopyButton } from "../../parts/copy_button.tsx";
import { RelativeTime } from "../../parts/time_text.tsx";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { PreviousSecret } from "./previous_secret.tsx";
import { RotateDialog } from "./rotate_dialog.tsx";
import { DownloadEnv, PublicKey, verifyingKey } from "./secret_once.tsx";
import classes from "./webhook.module.css";

/** The secrets that are valid now, newest first. */
export type Secrets = Answer<"getWebhookSecret">;

const ICON = { size: 16, stroke: 1.6, "aria-hidden": true } as const;
const MASK = `whsec_${"•".repeat(24)}`;

/** A secret or a public key, and how long it is valid. */
function Key(key: { text: string; what: string; _createdAt: string; expiresAt: string | null }) {
  const { text, what, _createdAt, expiresAt } = key;
  const t = useT();
  return (
    <div>
      <Group gap={4} wrap="nowrap">
        <Text className="mono" size="sm">
          {text}
        </Text>
        <CopyButton value={text} what={what} />
      </Group>
      <Group gap="xs">
        <Badge variant="light" color={expiresAt === null ? "green" : "yellow"} tt="none">
          {t(expiresAt === null ? "secret.current" : "secret.old")}
        </Badge>
        <Text size="sm">
          {t("webhook.created")} <RelativeTime at={_createdAt} />
        </Text>
        {expiresAt === null ? null : (
          <Text size="sm">
            {t("secret.expires")} <RelativeTime at={expiresAt} />
          </Text>
        )}
      </Group>
    </div>
  );
}

/** Nothing of it is kept when the page is left. */
export function SecretBlock({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const clipboard = useClipboard();
  const changes = useWebhookChanges();
  const [secrets, setSecrets] = useState<Secrets | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isRotating, rotating] = useDisclosure(false);
  const { _id: webhookId, url } = webhook;
  const readThen = async (go: (secrets: Secrets) => void) => {
    setBusy(true);
    try {
      go(await call("getWebhookSecret", { path: { webhookId } }));
      await changes.refresh();
    } catch (error) {
      toastProblem(t, error);
    } finally {
      setBusy(false);
    }
  };
  const copy = ({ secret }: Secrets): void => {
    clipboard.copy(secret);
    say(t("parts.copiedNamed", { what: t("secret.name") }));
    toastDone(t("parts.copiedNamed", { what: t("secret.name") }));
  };
  return (
    <Stack gap="sm" className={classes["secret"] ?? ""}>
      <Text size="sm">{t("secret.text")}</Text>
      {secrets === null ? (
        <Text className="mono" aria-label={t("secret.hidden")} role="img">
          {MASK}
        </Text>
      ) : (
        <>
          {secrets.secrets.map(({ _id, secret, ...life }) => (
            <Key key={_id} text={secret} what={t("secret.name")} {...life} />
          ))}
          {secrets.publicKeys.map(({ _id, publicKey, ...life }) => (
            <Key key={_id} text={publicKey} what={t("secret.publicKey")} {...life} />
          ))}
        </>
      )}
      <Group gap="xs">
        {secrets === null ? (
          <Button
            variant="default"
            loading={isBusy}
            leftSection={<IconEye {...ICON} />}
            onClick={() => void readThen(setSecrets)}
          >
            {t("secret.reveal")}
          </Button>
        ) : (
          <Button variant="default" leftSection={<IconEyeOff {...ICON} />} onClick={() => setSecrets(null)}>
            {t("secret.hide")}
          </Button>
        )}
        <Button
          variant="default"
          disabled={isBusy}
          leftSection={<IconCopy {...ICON} />}
          onClick={() => (secrets === null ? void readThen(copy) : copy(secrets))}
        >
          {t("secret.copy")}
        </Button>
        {secrets === null ? null : (
          <DownloadEnv value={verifyingKey(webhook, secrets.secret)} webhookId={webhookId} url={url} />
        )}
        <Button variant="default" leftSection={<IconKey {...ICON} />} onClick={rotating.open} aria-haspopup="dialog">
          {t("secret.rotate")}
        </Button>
        <ApiCallButton id="getWebhookSecret" args={{ path: { webhookId } }} />
      </Group>
      <PreviousSecret webhook={webhook} onEnded={(left) => setSecrets((shown) => (shown === null ? null : left))} />
      {webhook.publicKey === undefined ? null : <PublicKey publicKey={webhook.publicKey} />}
      <RotateDialog webhook={webhook} isOpen={isRotating} onClose={rotating.close} onRotated={setSecrets} />
    </Stack>
  );
}
