/** Everything about one event: the same on its page and in the drawer over a list. */
import { Alert, Button, Group, NativeSelect, Stack, Tabs, Text, Title } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { Loaded } from "../../parts/states.tsx";
import { durationText } from "../../parts/time_text.tsx";
import { useCan } from "../../session.ts";
import type { EventView } from "../events/events_search.ts";
import { EVENT_VIEWS } from "../events/events_search.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import { AttemptDiffView } from "./attempt_diff_view.tsx";
import { AttemptFacts } from "./attempt_facts.tsx";
import classes from "./event_detail.module.css";
import type { Attempt, EventWithAttempts, ReadEvent } from "./event_model.ts";
import { attemptBefore, attemptOf, hasPassed } from "./event_model.ts";
import type { Endpoint } from "./event_reads.ts";
import { useEndpoints, useEvent } from "./event_reads.ts";
import { EventActions } from "./event_actions.tsx";
import { EventStatus } from "./event_status.tsx";
import { Exchange } from "./exchange.tsx";
import { PayloadView } from "./payload_view.tsx";
import { SignatureView } from "./signature_view.tsx";
import { Summary } from "./summary.tsx";
import { Timeline } from "./timeline.tsx";
import { WhyFailed } from "./why_failed.tsx";

/** What of the event is shown, and how that is changed; `null` is the newest attempt. */
export type EventPlace = {
  attempt: number | null;
  view: EventView;
  onAttempt: (number: number) => void;
  onView: (view: EventView) => void;
  /** To the events before and after; null where there is none. */
  onNewer: (() => void) | null;
  onOlder: (() => void) | null;
};

/** `isPage`: it has a page of its own, so no link leads there. */
export function EventDetail({ eventId, place, isPage }: { eventId: string; place: EventPlace; isPage: boolean }) {
  const query = useEvent(eventId);
  return (
    <Loaded query={query} lines={12}>
      {(read) => <Detail read={read} place={place} isPage={isPage} />}
    </Loaded>
  );
}

function Detail({ read, place, isPage }: { read: ReadEvent; place: EventPlace; isPage: boolean }) {
  const t = useT();
  const { event } = read;
  const endpoint = useEndpoints()(event.webhookId);
  const attempt = attemptOf(event.attempts, place.attempt);
  return (
    <Stack gap="md" className={classes["detail"]}>
      <EventStatus event={event} endpoint={endpoint} />
      <EventActions read={read} attempt={attempt} place={place} isPage={isPage} />
      {endpoint.webhook?.isDisabled === true ? <Held webhook={endpoint.webhook} /> : null}
      {attempt === null ? (
        <>
          <Text>{t("event.noAttempt")}</Text>
          <section>
            <Title order={2} size="h4" mb="xs">
              {t("event.view.payload")}
            </Title>
            <PayloadView read={read} />
          </section>
        </>
      ) : (
        <>
          <WhyFailed attempt={attempt} />
          <AttemptSection read={read} attempt={attempt} place={place} />
        </>
      )}
      <Story event={event} attempt={attempt} endpoint={endpoint} onAttempt={place.onAttempt} />
    </Stack>
  );
}

/** The webhook is disabled: why nothing moves, and the way out. */
function Held({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const canEnable = useCan("webhooks");
  const { setDisabled } = useWebhookChanges();
  return (
    <Alert color="yellow" icon={<IconPlugConnectedX aria-hidden />} title={t("event.held.title")}>
      <Stack gap="xs">
        <Text size="sm">{t("event.held.text")}</Text>
        {canEnable ? (
          <Group>
            <Button variant="default" onClick={() => void setDisabled([webhook], false)}>
              {t("event.held.enable")}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Alert>
  );
}

function AttemptSection({ read, attempt, place }: { read: ReadEvent; attempt: Attempt; place: EventPlace }) {
  const t = useT();
  const locale = useLocale();
  const { event } = read;
  const before = attemptBefore(event.attempts, attempt);
  const status = t(hasPassed(attempt) ? "status.SUCCESS" : "status.FAILED");
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t("event.attempt", { number: attempt.number })} · {status} · {durationText(attempt.durationMs, locale)}
        </Title>
        {event.attempts.length > 1 ? (
          <NativeSelect
            aria-label={t("event.attempt.choose")}
            size="xs"
            value={attempt.number}
            onChange={({ currentTarget }) => place.onAttempt(Number(currentTarget.value))}
            data={event.attempts.map((one) => ({ value: String(one.number), label: attemptLabel(one, t) }))}
          />
        ) : null}
      </Group>
      <Tabs
        value={place.view}
        onChange={(view) => place.onView(EVENT_VIEWS.find((one) => one === view) ?? "request")}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {EVENT_VIEWS.map((view) => (
            <Tabs.Tab key={view} value={view}>
              {t(`event.view.${view}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="request">
          <Exchange attempt={attempt} fileName={`${event._id}-${attempt.number}`} />
        </Tabs.Panel>
        <Tabs.Panel value="diff">
          <AttemptDiffView before={before} after={attempt} />
        </Tabs.Panel>
        <Tabs.Panel value="payload">
          <PayloadView read={read} />
        </Tabs.Panel>
        <Tabs.Panel value="signature">
          <SignatureView event={event} attempt={attempt} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function attemptLabel(attempt: Attempt, t: ReturnType<typeof useT>): string {
  const { number, response, error } = attempt;
  return `${t("event.attempt", { number })} · ${response?.status ?? error?.code ?? ""}`;
}

/** What happened, how the attempt went on the way, and what the event is. */
function Story({
  event,
  attempt,
  endpoint,
  onAttempt,
}: {
  event: EventWithAttempts;
  attempt: Attempt | null;
  endpoint: Endpoint;
  onAttempt: (number: number) => void;
}) {
  const t = useT();
  return (
    <div className={classes["story"]}>
      <section>
        <Title order={2} size="h4" mb="xs">
          {t("event.timeline")}
        </Title>
        <Timeline event={event} endpoint={endpoint} shown={attempt?.number ?? null} onShow={onAttempt} />
      </section>
      {attempt === null ? null : (
        <section>
          <Title order={2} size="h4" mb="xs">
            {t("event.onTheWay", { number: attempt.number })}
          </Title>
          <AttemptFacts attempt={attempt} ttlMs={endpoint.tokenTtlMs} />
        </section>
      )}
      <section>
        <Title order={2} size="h4" mb="xs">
          {t("event.summary")}
        </Title>
        <Summary event={event} webhook={endpoint.webhook} />
      </section>
    </div>
  );
}
