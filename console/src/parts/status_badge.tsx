/** The status of an event: icon, word and colour, never colour alone. */
import { Badge } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconClock } from "@tabler/icons-react";
import { useT } from "../i18n/i18n.ts";

/** The statuses of the API. */
export type EventStatus = "PENDING" | "SUCCESS" | "FAILED";

const LOOKS = {
  PENDING: { icon: IconClock, color: "blue" },
  SUCCESS: { icon: IconCircleCheck, color: "green" },
  FAILED: { icon: IconCircleX, color: "red" },
} as const;

/** SUCCESS reads "Passed". */
export function StatusBadge({ status }: { status: EventStatus }) {
  const t = useT();
  const { icon: Icon, color } = LOOKS[status];
  return (
    <Badge color={color} variant="light" tt="none" leftSection={<Icon size={14} stroke={2} aria-hidden />}>
      {t(`status.${status}`)}
    </Badge>
  );
}
