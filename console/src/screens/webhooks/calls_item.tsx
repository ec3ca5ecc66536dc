/** The entry of a webhook's menus that shows the documented calls behind them. */
import { Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconApi } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { lazy } from "react";
import { useT } from "../../i18n/i18n.ts";
import { LateDialog } from "../../parts/late_dialog.tsx";
import { webhookCalls } from "./webhook_calls.ts";
import type { Webhook } from "./webhook_list.ts";

const ApiCallDialog = lazy(() => import("../../parts/api_call_dialog.tsx"));

/** `item` belongs into the menu; `dialog` beside it, since a menu that is closed is gone. */
export function useCallsItem(webhook: Webhook): { item: ReactNode; dialog: ReactNode } {
  const t = useT();
  const [isOpen, { open, close }] = useDisclosure(false);
  const item = (
    <Menu.Item leftSection={<IconApi size={16} stroke={1.6} aria-hidden />} onClick={open}>
      {t("parts.apiCalls")}
    </Menu.Item>
  );
  const dialog = (
    <LateDialog isOpen={isOpen}>
      <ApiCallDialog calls={webhookCalls(webhook)} onClose={close} />
    </LateDialog>
  );
  return { item, dialog };
}
