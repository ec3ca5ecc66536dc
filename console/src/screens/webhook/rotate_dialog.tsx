/** Gives a webhook a new signing secret: the old one goes on for a time, so that receivers have time to change. */
import { Button, Group, Modal, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ConfirmDialog } from "../../parts/confirm_dialog.tsx";
import { hostOf } from "../../parts/label_text.ts";
import { RelativeTime } from "../../parts/time_text.tsx";
import { toastProblem } from "../../parts/toast.ts";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import type { Secrets } from "./secret_block.tsx";
import { KeysOnce } from "./secret_once.tsx";

/** How long the old secret may go on, in hours. */
const OVERLAPS = ["0", "1", "24", "168"] as const;
const HOUR_MS = 3_600_000;

/** The new one, where the webhook asks for it. */
function publicKeyOf({ publicKeys }: Secrets): { publicKey?: string } {
  const current = publicKeys.find(({ expiresAt }) => expiresAt === null);
  return current === undefined ? {} : { publicKey: current.publicKey };
}

/** In PRODUCTION the host has to be typed. `onRotated` gets the secrets that are valid now. */
export function RotateDialog({
  webhook,
  isOpen,
  onClose,
  onRotated,
}: {
  webhook: Webhook;
  isOpen: boolean;
  onClose: () => void;
  onRotated?: (secrets: Secrets) => void;
}) {
  const t = useT();
  const changes = useWebhookChanges();
  const [isBusy, setBusy] = useState(false);
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]>("24");
  const body = { overlapMs: Number(overlap) * HOUR_MS };
  const [rotated, setRotated] = useState<Secrets | null>(null);
  const { _id: webhookId, appEnv } = webhook;
  const host = hostOf(webhook.url);
  const rotate = async () => {
    setBusy(true);
    try {
      const secrets = await call("rotateWebhookSecret", { path: { webhookId }, body });
      setRotated(secrets);
      onRotated?.(secrets);
      await changes.refresh();
    } catch (error) {
      toastProblem(t, error);
    } finally {
      setBusy(false);
    }
  };
  const close = (): void => {
    setRotated(null);
    onClose();
  };
  const expiring = rotated?.secrets.filter(({ expiresAt }) => expiresAt !== null) ?? [];
  return (
    <>
      <ConfirmDialog
        isOpen={isOpen && rotated === null}
        title={t("secret.rotate.title", { host })}
        action={t("secret.rotate.action")}
        typed={appEnv === "PRODUCTION" ? host : null}
        isBusy={isBusy}
        onConfirm={() => void rotate()}
        onClose={onClose}
      >
        <NativeSelect
          label={t("secret.rotate.overlap")}
          value={overlap}
          data={OVERLAPS.map((value) => ({ value, label: t(`secret.overlap.${value}`) }))}
          onChange={(event) => setOverlap(OVERLAPS.find((each) => each === event.currentTarget.value) ?? "24")}
        />
        <Text>{t("secret.rotate.text")}</Text>
        <ol>
          <li>{t("secret.rotate.step1")}</li>
          <li>{t("secret.rotate.step2")}</li>
          <li>{t("secret.rotate.step3")}</li>
        </ol>
        <Group>
          <ApiCallButton id="rotateWebhookSecret" args={{ path: { webhookId }, body }} />
        </Group>
      </ConfirmDialog>
      <Modal
        opened={isOpen && rotated !== null}
        onClose={close}
        title={t("secret.rotated")}
        size="lg"
        closeButtonProps={{ "aria-label": t("parts.close") }}
      >
        {rotated === null ? null : (
          <Stack>
            <KeysOnce webhook={{ ...webhook, ...publicKeyOf(rotated) }} secret={rotated.secret} />
            {expiring.map(({ _id, expiresAt }) => (
              <Text key={_id} size="sm">
                {t("secret.oldExpires")} <RelativeTime at={expiresAt ?? ""} />
              </Text>
            ))}
            <Group justify="end">
              <Button onClick={close}>{t("parts.close")}</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
