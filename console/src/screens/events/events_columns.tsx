/** The columns of a list of events. */
import { Badge } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Translate } from "../../i18n/i18n.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { CopyButton } from "../../parts/copy_button.tsx";
import type { Column } from "../../parts/table_row.tsx";
import { failureWord, wordMessages } from "../../parts/failure_words.ts";
import { labelText } from "../../parts/label_text.ts";
import { RowButton } from "../../parts/row_controls.tsx";
import { StatusBadge } from "../../parts/status_badge.tsx";
import { durationText, RelativeTime } from "../../parts/time_text.tsx";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useTenant } from "../../tenant.ts";
import type { ListedEvent } from "../event/event_model.ts";
import { attemptsMax, stateOf } from "../event/event_model.ts";
import type { Endpoint } from "../event/event_reads.ts";
import { useEndpoints } from "../event/event_reads.ts";
import { eventPath } from "../event/event_path.ts";
import { Countdown } from "../event/next_step.tsx";
import classes from "./events_columns.module.css";

const ID_END_CHARS = 8;

/** `isOfAll`: of all webhooks, so a row tells which. `busyId` is the event that is being resent. */
type ListUse = { isOfAll: boolean; onResend: (event: ListedEvent) => void; busyId: string | null };

/** The same columns as long as nothing that they show changes; `onResend` has to stay the same for that, too. */
export function useEventsColumns({ isOfAll, onResend, busyId }: ListUse): readonly Column<ListedEvent>[] {
  const t = useT();
  const { nameOf } = useWebhookNames();
  const endpointOf = useEndpoints();
  return useMemo(
    () => eventsColumns({ t, nameOf, endpointOf, isOfAll, onResend, busyId }),
    [t, nameOf, endpointOf, isOfAll, onResend, busyId],
  );
}

type ColumnFacts = ListUse & {
  t: Translate;
  nameOf: (webhookId: string) => string;
  endpointOf: (webhookId: string) => Endpoint;
};

function eventsColumns(facts: ColumnFacts): readonly Column<ListedEvent>[] {
  const { t } = facts;
  const id: Column<ListedEvent> = {
    id: "id",
    header: t("events.column.id"),
    cell: (event) => <EventLink event={event} />,
    isWideOnly: true,
  };
  return [...usualColumns(facts), resendColumn(facts), id, ...extraColumns(t)];
}

function usualColumns({ t, nameOf, endpointOf, isOfAll }: ColumnFacts): Column<ListedEvent>[] {
  const columns: (Column<ListedEvent> | null)[] = [
    { id: "status", header: t("events.column.status"), cell: (event) => <Status event={event} />, isFixed: true },
    {
      id: "action",
      header: t("events.column.action"),
      cell: (event) => <Action event={event} />,
    },
    { id: "created", header: t("events.column.created"), cell: ({ _createdAt }) => <RelativeTime at={_createdAt} /> },
    isOfAll
      ? {
          id: "webhook",
          header: t("events.column.webhook"),
          cell: ({ webhookId }) => <span className={classes["endpoint"]}>{nameOf(webhookId)}</span>,
          isWideOnly: true,
        }
      : null,
    { id: "code", header: t("events.column.code"), cell: ({ lastCode }) => <Code code={lastCode} /> },
    {
      id: "latency",
      header: t("events.column.latency"),
      cell: ({ lastDurationMs }) => <Latency ms={lastDurationMs} />,
      align: "end",
      isWideOnly: true,
    },
    {
      id: "attempts",
      header: t("events.column.attempts"),
      cell: (event) => attemptsText(event, endpointOf(event.webhookId)),
      align: "end",
    },
    {
      id: "next",
      header: t("events.column.next"),
      cell: (event) => <Next event={event} endpoint={endpointOf(event.webhookId)} />,
      isWideOnly: true,
    },
  ];
  return columns.filter((column) => column !== null);
}

/** Not shown until they are chosen. */
function extraColumns(t: Translate): Column<ListedEvent>[] {
  return [
    {
      id: "updated",
      header: t("events.column.updated"),
      cell: ({ _updatedAt }) => <RelativeTime at={_updatedAt} />,
      isExtra: true,
    },
    {
      id: "nature",
      header: t("events.column.nature"),
      cell: ({ msgNature }) => t(`event.nature.${msgNature}`),
      isExtra: true,
    },
    {
      id: "message",
      header: t("events.column.message"),
      cell: ({ messageId }) => (
        <span className={classes["parts"]}>
          <span className="mono">{messageId}</span>
          <CopyButton value={messageId} what={t("event.fact.message")} />
        </span>
      ),
      isExtra: true,
    },
  ];
}

/** Before the id, which may be out of sight: pinned cells would cost a long list a layer each. */
function resendColumn({ t, onResend, busyId }: ColumnFacts): Column<ListedEvent> {
  return {
    id: "actions",
    header: t("events.column.actions"),
    cell: (event) => (
      <RowButton
        label={t("events.resendOf", { id: event._id })}
        isBusy={busyId === event._id}
        isDisabled={event.status === "PENDING" || isErased(event)}
        onClick={() => onResend(event)}
      >
        {t("resend.action")}
      </RowButton>
    ),
    isFixed: true,
    isWideOnly: true,
  };
}

/** A list leaves large contents out, too: only one without a size is gone for good. */
function isErased({ content, contentBytes }: ListedEvent): boolean {
  return content === null && contentBytes === 0;
}

function Status({ event: { status, isTest } }: { event: ListedEvent }) {
  const t = useT();
  return (
    <span className={classes["parts"]}>
      <StatusBadge status={status} />
      {isTest ? (
        <Badge variant="default" px={6} title={t("parts.test")}>
          <IconFlask size={12} aria-hidden />
          <span className="visuallyHidden">{t("parts.test")}</span>
        </Badge>
      ) : null}
    </span>
  );
}

/** In two lines, so that what can be done with the event is in sight on a small screen, too. */
function Action({ event: { topic, action } }: { event: ListedEvent }) {
  return (
    <span className={classes["action"]}>
      <span className={classes["topic"]}>{labelText(topic)}.</span>
      {labelText(action)}
    </span>
  );
}

function EventLink({ event }: { event: ListedEvent }) {
  const t = useT();
  const tenant = useTenant();
  const to = eventPath(tenant, { ...event, attempt: null });
  return (
    <span className={classes["parts"]}>
      <Link to={to} className={`mono ${classes["link"]}`} title={event._id}>
        <ShortId id={event._id} />
      </Link>
      <CopyButton value={event._id} what={t("event.fact.id")} />
    </span>
  );
}

/** The whole id, of which its beginning gives way: what tells it from its neighbours is at the end. */
function ShortId({ id }: { id: string }) {
  const endAt = Math.max(0, id.length - ID_END_CHARS);
  return (
    <span className={classes["id"]}>
      <span className={classes["start"]}>{id.slice(0, endAt)}</span>
      <span>{id.slice(endAt)}</span>
    </span>
  );
}

/** "3 / 10" while more attempts can come, "3" when none will. */
function attemptsText(event: ListedEvent, { retrySchedule }: Endpoint): string {
  const max = retrySchedule === null ? null : attemptsMax(event, retrySchedule.length);
  return max === null ? String(event.attemptCount) : `${event.attemptCount} / ${max}`;
}

/** The last status, or the failure in words, in two lines at most. */
function Code({ code }: { code: string | undefined }) {
  const t = useT();
  if (code === undefined) return "—";
  const word = /^\d/.test(code) ? null : failureWord(code);
  const text = word === null ? labelText(code) : t(wordMessages(word).name);
  return (
    <span className={classes["code"]} title={text}>
      {text}
    </span>
  );
}

/** How long the last attempt took. */
function Latency({ ms }: { ms: number | undefined }) {
  const locale = useLocale();
  return ms === undefined ? "—" : durationText(ms, locale);
}

function Next({ event, endpoint: { webhook } }: { event: ListedEvent; endpoint: Endpoint }) {
  const t = useT();
  const state = stateOf(event, { isHeld: webhook?.isDisabled === true, lastNumber: null, lastFailure: null });
  if (!("at" in state)) return "—";
  return state.kind === "held" ? t("events.next.held") : <Countdown at={state.at} />;
}
