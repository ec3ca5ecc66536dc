/** What became of the verification token of an attempt; its value is never shown. */
import { Text } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { useNow } from "../../parts/now.ts";
import { useTimeFormat } from "../../parts/time_zone.ts";
import type { Attempt } from "./event_model.ts";
import { tokenState } from "./event_model.ts";

/** Issued with the attempt, then consumed, expired or not used yet. */
export function TokenLine({ attempt, ttlMs }: { attempt: Attempt; ttlMs: number | null }) {
  const t = useT();
  const now = useNow();
  const time = useTimeFormat({ dateStyle: "medium", timeStyle: "medium" });
  const state = tokenState(attempt, { ttlMs, now });
  const issued = time(new Date(attempt.startedAt));
  const at = "at" in state ? time(new Date(state.at)) : "";
  return (
    <Text size="sm">
      <b>{t("event.token")}</b>: {t(`event.token.${state.kind}`, { issued, at })}
    </Text>
  );
}
