/** The status of an event: icon, word and colour, never colour alone. */
import { IconCircleCheck, IconCircleX, IconClock } from "@tabler/icons-react";
import { useT } from "../i18n/i18n.ts";
import classes from "./status_badge.module.css";

/** The statuses of the API. */
export type EventStatus = "PENDING" | "SUCCESS" | "FAILED";

const ICONS = { PENDING: IconClock, SUCCESS: IconCircleCheck, FAILED: IconCircleX } as const;

/** SUCCESS reads "Passed". */
export function StatusBadge({ status }: { status: EventStatus }) {
  const t = useT();
  const Icon = ICONS[status];
  return (
    <span className={classes["badge"]} data-status={status}>
      <Icon size={14} stroke={2} aria-hidden />
      {t(`status.${status}`)}
    </span>
  );
}
