/** How an event stands, in one line: its status, what it is doing, and how much of its schedule is used. */
import { Badge, Group, Text } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useT } from "../../i18n/i18n.ts";
import { StatusBadge } from "../../parts/status_badge.tsx";
import { Countdown } from "./next_step.tsx";
import type { EventWithAttempts } from "./event_model.ts";
import { attemptsMax, stateOf } from "./event_model.ts";
import type { Endpoint } from "./event_reads.ts";

/** Changes while one looks at it; new attempts are said elsewhere, so it is no live region. */
export function EventStatus({ event, endpoint }: { event: EventWithAttempts; endpoint: Endpoint }) {
  const t = useT();
  const { webhook, retrySchedule } = endpoint;
  const last = event.attempts.at(-1);
  const lastNumber = last?.number ?? 0;
  const lastFailure = last?.error?.code ?? null;
  const state = stateOf(event, { isHeld: webhook?.isDisabled === true, lastNumber, lastFailure });
  const max = retrySchedule === null ? null : attemptsMax(event, retrySchedule.length);
  return (
    <Group gap="xs">
      <StatusBadge status={event.status} />
      {event.isTest ? (
        <Badge variant="default" tt="none" leftSection={<IconFlask size={14} aria-hidden />}>
          {t("parts.test")}
        </Badge>
      ) : null}
      <Text size="sm">
        {t(`event.state.${state.kind}`, { number: lastNumber + 1, max: max ?? 0 })}
        {"at" in state && state.kind !== "held" ? (
          <>
            {" "}
            <Countdown at={state.at} isExact />
          </>
        ) : null}
      </Text>
    </Group>
  );
}
