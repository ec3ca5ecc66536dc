/** One line of the live feed: a link to its event, which a plain click opens over the feed. */
import { Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { memo } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { StatusBadge } from "../../parts/status_badge.tsx";
import { durationText } from "../../parts/time_text.tsx";
import { useTimeFormat } from "../../parts/time_zone.ts";
import { useTenant } from "../../tenant.ts";
import classes from "./live.module.css";
import type { KeptRow } from "./feed_buffer.ts";

/** Rendered once: lines never change, they only move. `isActive`: the one in the order of Tab. `onOpen` has to stay the same. */
export const FeedLine = memo(function FeedLine({
  row,
  endpoint,
  isActive,
  onOpen,
}: {
  row: KeptRow;
  endpoint: string;
  isActive: boolean;
  onOpen: (eventId: string) => void;
}) {
  const t = useT();
  const locale = useLocale();
  const tenant = useTenant();
  const time = useTimeFormat({ hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  const { kind, at, eventId, webhookId, topic, action, status, code, durationMs, attempt, isTest } = row;
  const date = new Date(at);
  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    // The page of the event would end the feed: it is for tabs and windows of their own.
    event.preventDefault();
    onOpen(eventId);
  };
  return (
    <Link
      className={classes["line"]}
      data-status={status}
      data-number={row.number}
      tabIndex={isActive ? 0 : -1}
      preload={false}
      onClick={open}
      to="/a/$appId/$appEnv/webhooks/$webhookId/events/$eventId"
      params={{ ...tenant, webhookId, eventId }}
    >
      <time className={classes["time"]} dateTime={date.toISOString()} title={date.toISOString()}>
        {time(date)}
      </time>
      <span className={classes["action"]}>
        {topic}.{action}{" "}
        {isTest ? (
          <Badge size="xs" variant="outline" color="gray" component="span" tt="none">
            {t("parts.test")}
          </Badge>
        ) : null}
      </span>
      <span className={classes["endpoint"]}>{endpoint}</span>
      <span className={classes["status"]}>
        <StatusBadge status={status} />
      </span>
      <span className={classes["code"]}>{code ?? t(`live.kind.${kind}`, { number: attempt })}</span>
      <span className={classes["duration"]}>{durationMs === null ? "" : durationText(durationMs, locale)}</span>
    </Link>
  );
});
