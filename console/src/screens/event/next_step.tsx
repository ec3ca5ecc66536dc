/** What comes next for an event: the time of its next attempt with the rest of the schedule, or why there is none. */
import { Anchor, List, Text } from "@mantine/core";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { useNow } from "../../parts/now.ts";
import { retryPlan } from "../../parts/retry_plan.ts";
import { durationText, ExactTime, relativeText } from "../../parts/time_text.tsx";
import { useTimeFormat } from "../../parts/time_zone.ts";
import type { EventWithAttempts } from "./event_model.ts";
import { attemptsMax, stateOf } from "./event_model.ts";
import type { Endpoint } from "./event_reads.ts";
import { useShownResend } from "./resend.tsx";

/** A line, and the retries after the next one where they are known. */
export function NextStep({ event, endpoint }: { event: EventWithAttempts; endpoint: Endpoint }) {
  const t = useT();
  const { webhook, retrySchedule } = endpoint;
  const last = event.attempts.at(-1);
  const lastNumber = last?.number ?? 0;
  const lastFailure = last?.error?.code ?? null;
  const state = stateOf(event, { isHeld: webhook?.isDisabled === true, lastNumber, lastFailure });
  const max = retrySchedule === null ? null : attemptsMax(event, retrySchedule.length);
  if (!("at" in state)) {
    return (
      <Text size="sm" fw={600}>
        {t(`event.next.${state.kind}`, { number: lastNumber + 1 })}
      </Text>
    );
  }
  return (
    <>
      <Text size="sm" fw={600}>
        {t("event.next.attempt", { number: lastNumber + 1, max: max ?? 0 })}
      </Text>
      <Text size="sm">{state.kind === "held" ? t("event.next.held") : <Countdown at={state.at} isExact />}</Text>
      {state.kind === "retrying" ? <Retry event={event} schedule={retrySchedule} /> : null}
      {retrySchedule === null || state.kind === "held" ? null : (
        <Later event={event} schedule={retrySchedule} at={state.at} />
      )}
    </>
  );
}

/** Out of which pause its time was drawn, and making it now instead. */
function Retry({ event, schedule }: { event: EventWithAttempts; schedule: readonly number[] | null }) {
  const t = useT();
  const locale = useLocale();
  const { resend, busyId, dialog } = useShownResend(event._id);
  const pauseMs = schedule?.[event.retriesUsed];
  return (
    <>
      {pauseMs === undefined ? null : (
        <Text size="xs">{t("event.next.pause", { duration: durationText(pauseMs, locale) })}</Text>
      )}
      {event.content === null && event.contentBytes === 0 ? null : (
        <Anchor
          component="button"
          type="button"
          size="sm"
          disabled={busyId !== null}
          title={t("event.next.runNowHint")}
          onClick={() => resend(event)}
        >
          {t("event.next.runNow")}
        </Anchor>
      )}
      {dialog}
    </>
  );
}

/** "in 3 min", "due now"; with the time itself when it is `isExact`. */
export function Countdown({ at, isExact = false }: { at: string; isExact?: boolean }) {
  const t = useT();
  const locale = useLocale();
  const untilMs = Date.parse(at) - useNow();
  const text = untilMs <= 0 ? t("event.dueNow") : relativeText(untilMs, locale);
  if (!isExact && text !== null) {
    return (
      <time dateTime={at} title={at}>
        {text}
      </time>
    );
  }
  return (
    <>
      {text} · <ExactTime at={at} />
    </>
  );
}

/** The retries after the next attempt, should each fail at once. */
function Later({ event, schedule, at }: { event: EventWithAttempts; schedule: readonly number[]; at: string }) {
  const t = useT();
  const locale = useLocale();
  const time = useTimeFormat({ dateStyle: "medium", timeStyle: "short" });
  const used = event.status === "FAILED" ? event.retriesUsed + 1 : 0;
  const later = retryPlan(schedule.slice(used), Date.parse(at));
  if (later.length === 0) return <Text size="xs">{t("event.next.last")}</Text>;
  return (
    <details>
      <summary>
        <Text span size="xs">
          {t("event.next.later", { count: later.length })}
        </Text>
      </summary>
      <List size="xs">
        {later.map((retry) => (
          <List.Item key={retry.number}>
            {t("event.next.laterAt", {
              time: time(new Date(retry.at)),
              duration: durationText(retry.stepMs, locale),
            })}
          </List.Item>
        ))}
      </List>
    </details>
  );
}
