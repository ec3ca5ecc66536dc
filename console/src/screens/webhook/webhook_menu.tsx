/** What is done to a webhook less often: edit, rotate its secret, copy it to another environment, delete it. */
import { ActionIcon, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCopyPlus, IconDots, IconKey, IconPencil, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { lazy, useState } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ConfirmDialog } from "../../parts/confirm_dialog.tsx";
import { LateDialog } from "../../parts/late_dialog.tsx";
import { hostOf } from "../../parts/label_text.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useSession } from "../../session.ts";
import { useCallsItem } from "../webhooks/calls_item.tsx";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";

const DuplicateDialog = lazy(async () => ({ default: (await import("./duplicate_dialog.tsx")).DuplicateDialog }));
const RotateDialog = lazy(async () => ({ default: (await import("./rotate_dialog.tsx")).RotateDialog }));

const ICON = { size: 16, stroke: 1.6, "aria-hidden": true } as const;

/** A button that opens the menu. */
export function WebhookMenu({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const change = useSearchChange();
  const isOperator = useSession()?.kind === "operator";
  const [isRotating, rotating] = useDisclosure(false);
  const [isCopying, copying] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
  const calls = useCallsItem(webhook);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t("webhook.moreActions")}>
            <IconDots {...ICON} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil {...ICON} />}
            onClick={() => change({ tab: "settings" }, { isReplacing: false })}
          >
            {t("webhook.edit")}
          </Menu.Item>
          <Menu.Item leftSection={<IconKey {...ICON} />} onClick={rotating.open}>
            {t("secret.rotate")}
          </Menu.Item>
          {isOperator ? (
            <Menu.Item leftSection={<IconCopyPlus {...ICON} />} onClick={copying.open}>
              {t("webhook.duplicate")}
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<IconTrash {...ICON} />} onClick={deleting.open}>
            {t("webhook.delete")}
          </Menu.Item>
          {calls.item}
        </Menu.Dropdown>
      </Menu>
      <LateDialog isOpen={isRotating}>
        <RotateDialog webhook={webhook} isOpen onClose={rotating.close} />
      </LateDialog>
      <LateDialog isOpen={isCopying}>
        <DuplicateDialog webhook={webhook} isOpen onClose={copying.close} />
      </LateDialog>
      {calls.dialog}
      <DeleteDialog webhook={webhook} isOpen={isDeleting} onClose={deleting.close} />
    </>
  );
}

/** In PRODUCTION the host has to be typed. */
export function DeleteDialog({ webhook, isOpen, onClose }: { webhook: Webhook; isOpen: boolean; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const changes = useWebhookChanges();
  const [isBusy, setBusy] = useState(false);
  const { appId, appEnv, _id: webhookId, url, stats } = webhook;
  const host = hostOf(url);
  const remove = async () => {
    setBusy(true);
    try {
      await call("deleteWebhook", { path: { webhookId } });
      onClose();
      await navigate({
        to: "/a/$appId/$appEnv/webhooks",
        params: { appId, appEnv },
        replace: true,
        ignoreBlocker: true,
      });
      toastDone(t("webhook.deleted", { host }));
      await changes.refresh();
    } catch (error) {
      toastProblem(t, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={t("webhook.delete.title", { host })}
      action={t("webhook.delete")}
      typed={appEnv === "PRODUCTION" ? host : null}
      isBusy={isBusy}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <Text>{t("webhook.delete.text")}</Text>
      <Text>{t("webhook.delete.pending", { count: stats.pending })}</Text>
    </ConfirmDialog>
  );
}
