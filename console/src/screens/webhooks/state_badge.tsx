/** What a webhook is doing now: icon, word and colour, never colour alone. */
import { Badge, Group } from "@mantine/core";
import { IconAlertTriangle, IconGauge, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useT } from "../../i18n/i18n.ts";
import type { Webhook, WebhookHealth, WebhookState } from "./webhook_list.ts";
import { stateOf } from "./webhook_list.ts";

const LOOKS = {
  enabled: { icon: IconPlayerPlay, color: "green" },
  throttled: { icon: IconGauge, color: "blue" },
  disabled: { icon: IconPlayerPause, color: "gray" },
  autoDisabled: { icon: IconAlertTriangle, color: "red" },
} as const satisfies Record<WebhookState, unknown>;

/** `health` adds a second badge where there is something to say: failing or slow. */
export function StateBadge({ webhook, health = null }: { webhook: Webhook; health?: WebhookHealth | null }) {
  const t = useT();
  const state = stateOf(webhook);
  const { icon: Icon, color } = LOOKS[state];
  const isTelling = health === "failing" || health === "slow";
  return (
    <Group gap={4} wrap="nowrap">
      <Badge color={color} variant="light" tt="none" leftSection={<Icon size={14} stroke={2} aria-hidden />}>
        {t(`webhooks.state.${state}`, { rate: webhook.rateLimit ?? 0 })}
      </Badge>
      {isTelling && !webhook.isDisabled ? (
        <Badge
          color={health === "failing" ? "red" : "yellow"}
          variant="light"
          tt="none"
          leftSection={<IconAlertTriangle size={14} stroke={2} aria-hidden />}
        >
          {t(`webhooks.health.${health}`)}
        </Badge>
      ) : null}
    </Group>
  );
}
