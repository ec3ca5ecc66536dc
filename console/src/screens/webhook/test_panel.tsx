/** "Send test event" beside the page: it is in the address as `send`. */
import { Drawer, Stack, Text } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { TestForm } from "./test_form.tsx";

/** `wanted`: the action to begin with, or null while the panel is closed. */
export function TestPanel({
  webhook,
  wanted,
  onClose,
}: {
  webhook: Webhook;
  wanted: string | null;
  onClose: () => void;
}) {
  const t = useT();
  return (
    <Drawer
      opened={wanted !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={t("webhook.sendTest")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <Stack>
        <Text size="sm" className="mono">
          <bdi>{labelText(webhook.url)}</bdi>
        </Text>
        <TestForm webhook={webhook} wanted={wanted} />
      </Stack>
    </Drawer>
  );
}
