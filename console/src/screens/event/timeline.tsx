/** What happened to an event, in order: received, every attempt, the pauses between them, and what comes next. */
import { Anchor, Badge, Group, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconClock, IconInbox } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { failureWord, wordMessages } from "../../parts/failure_words.ts";
import { labelText } from "../../parts/label_text.ts";
import { durationText, ExactTime } from "../../parts/time_text.tsx";
import { useTenant } from "../../tenant.ts";
import type { Attempt, EventWithAttempts } from "./event_model.ts";
import { hasPassed } from "./event_model.ts";
import { NextStep } from "./next_step.tsx";
import type { Endpoint } from "./event_reads.ts";
import classes from "./timeline.module.css";

/** `shown` is the attempt whose request and response are on the page; `onShow` changes it. */
export function Timeline({
  event,
  endpoint,
  shown,
  onShow,
}: {
  event: EventWithAttempts;
  endpoint: Endpoint;
  shown: number | null;
  onShow: (number: number) => void;
}) {
  const t = useT();
  return (
    <ol className={classes["steps"]} aria-label={t("event.timeline")}>
      <Step icon={<IconInbox size={18} aria-hidden />}>
        <Text size="sm" fw={600}>
          {t("event.received")}
        </Text>
        <Text size="xs">
          <ExactTime at={event._createdAt} />
        </Text>
      </Step>
      {event.attempts.map((attempt, at) => (
        <AttemptStep
          key={attempt.number}
          attempt={attempt}
          before={event.attempts[at - 1] ?? null}
          isShown={attempt.number === shown}
          onShow={() => onShow(attempt.number)}
        />
      ))}
      <Step icon={<IconClock size={18} aria-hidden />}>
        <NextStep event={event} endpoint={endpoint} />
      </Step>
    </ol>
  );
}

function Step({ icon, children, isShown }: { icon: ReactNode; children: ReactNode; isShown?: boolean }) {
  return (
    <li className={classes["step"]} data-shown={isShown}>
      <span className={classes["icon"]}>{icon}</span>
      <div className={classes["text"]}>{children}</div>
    </li>
  );
}

function AttemptStep({
  attempt,
  before,
  isShown,
  onShow,
}: {
  attempt: Attempt;
  before: Attempt | null;
  isShown: boolean;
  onShow: () => void;
}) {
  const t = useT();
  const locale = useLocale();
  const waitedMs =
    before === null ? 0 : Date.parse(attempt.startedAt) - Date.parse(before.startedAt) - before.durationMs;
  const isPassed = hasPassed(attempt);
  const Icon = isPassed ? IconCircleCheck : IconCircleX;
  return (
    <Step isShown={isShown} icon={<Icon size={18} aria-hidden className={classes[isPassed ? "passed" : "failed"]} />}>
      {waitedMs > 0 ? (
        <Text size="xs" c="dimmed">
          {t("event.waited", { duration: durationText(waitedMs, locale) })}
        </Text>
      ) : null}
      <Group gap="xs">
        <Anchor
          component="button"
          type="button"
          size="sm"
          fw={600}
          aria-current={isShown ? "true" : undefined}
          onClick={onShow}
        >
          {t("event.attempt", { number: attempt.number })}
        </Anchor>
        <Text size="sm">
          {t(isPassed ? "status.SUCCESS" : "status.FAILED")} · <Outcome attempt={attempt} /> ·{" "}
          {durationText(attempt.durationMs, locale)}
        </Text>
      </Group>
      <Group gap="xs">
        <Text size="xs">
          <ExactTime at={attempt.startedAt} />
        </Text>
        <Trigger attempt={attempt} />
      </Group>
    </Step>
  );
}

function Outcome({ attempt: { response, error } }: { attempt: Attempt }) {
  const t = useT();
  if (response !== undefined) return response.status;
  const word = failureWord(error?.code ?? "");
  return word === null ? labelText(error?.code ?? "") : t(wordMessages(word).name);
}

/** Why an attempt was made: by the schedule, by somebody, by a job. */
function Trigger({ attempt: { trigger, triggeredBy } }: { attempt: Attempt }) {
  const t = useT();
  const { appId, appEnv } = useTenant();
  if (trigger === "AUTO" && triggeredBy === undefined) return null;
  const isJob = triggeredBy?.startsWith("job_") === true;
  return (
    <Group gap={4}>
      <Badge size="sm" variant="default" tt="none">
        {t(`event.trigger.${trigger}`)}
      </Badge>
      {triggeredBy === undefined ? null : (
        <Text size="xs">
          {isJob ? (
            <Anchor
              renderRoot={(props) => (
                <Link {...props} to="/a/$appId/$appEnv/jobs/$jobId" params={{ appId, appEnv, jobId: triggeredBy }} />
              )}
            >
              <span className="mono">{triggeredBy}</span>
            </Anchor>
          ) : (
            t("event.triggeredBy", { who: labelText(triggeredBy) })
          )}
        </Text>
      )}
    </Group>
  );
}
