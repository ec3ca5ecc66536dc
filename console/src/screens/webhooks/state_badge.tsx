/** What a webhook is doing now: icon, word and colour, never colour alone. */
import { Badge } from "@mantine/core";
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

/** With `health`, an enabled webhook that is failing or slow says that instead. */
export function StateBadge({ webhook, health = null }: { webhook: Webhook; health?: WebhookHealth | null }) {
  const t = useT();
  const state = stateOf(webhook);
  const { icon: Icon, color } = LOOKS[state];
  if (!webhook.isDisabled && (health === "failing" || health === "slow")) {
    return (
      <Badge
        color={health === "failing" ? "red" : "yellow"}
        variant="light"
        tt="none"
        miw="max-content"
        leftSection={<IconAlertTriangle size={14} stroke={2} aria-hidden />}
      >
        {t(`webhooks.health.${health}`)}
      </Badge>
    );
  }
  return (
    <Badge
      color={color}
      variant="light"
      tt="none"
      miw="max-content"
      leftSection={<Icon size={14} stroke={2} aria-hidden />}
    >
      {t(`webhooks.state.${state}`, { rate: webhook.rateLimit ?? 0 })}
    </Badge>
  );
}
