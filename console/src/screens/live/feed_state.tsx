/** How the connection of the live feed is, and what to know about it: broken off, refused, a gap that was filled. */
import { Alert, Badge, Button, Group, Text } from "@mantine/core";
import { IconCircleDot, IconCircleOff, IconLoader2, IconPlugConnectedX } from "@tabler/icons-react";
import { ApiProblem } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { useNow } from "../../parts/now.ts";
import { Failure } from "../../parts/states.tsx";
import { relativeText } from "../../parts/time_text.tsx";
import { useTimeFormat } from "../../parts/time_zone.ts";
import type { FeedState } from "./feed_connection.ts";
import type { GapNote, LiveFeed } from "./live_feed.ts";

const LOOKS = {
  connecting: { icon: IconLoader2, color: "blue" },
  live: { icon: IconCircleDot, color: "green" },
  waiting: { icon: IconPlugConnectedX, color: "yellow" },
  refused: { icon: IconCircleOff, color: "red" },
} as const;

/** Icon, word and colour. */
export function FeedStateBadge({ kind }: { kind: FeedState["kind"] }) {
  const t = useT();
  const { icon: Icon, color } = LOOKS[kind];
  return (
    <Badge color={color} variant="light" tt="none" leftSection={<Icon size={14} stroke={2} aria-hidden />}>
      {t(`live.state.${kind}`)}
    </Badge>
  );
}

/** Nothing while all is well. */
export function FeedBanner({ feed }: { feed: LiveFeed }) {
  const { state, note } = feed;
  if (state.kind === "refused") {
    return <Failure error={new ApiProblem(state)} onRetry={() => feed.retry()} />;
  }
  return (
    <>
      {state.kind === "waiting" ? <Waiting state={state} onRetry={() => feed.retry()} /> : null}
      {note === null ? null : <Gap note={note} onClose={() => feed.dismissNote()} />}
    </>
  );
}

function Waiting({ state, onRetry }: { state: Extract<FeedState, { kind: "waiting" }>; onRetry: () => void }) {
  const t = useT();
  const locale = useLocale();
  const leftMs = state.retryAt - useNow();
  const when = leftMs < 1_000 ? t("live.waiting.now") : (relativeText(leftMs, locale) ?? "");
  return (
    <Alert color="yellow" icon={<IconPlugConnectedX aria-hidden />}>
      <Group justify="space-between">
        <div>
          <Text size="sm">{t("live.waiting", { in: when })}</Text>
          {state.message === "" || state.requestId === null ? null : (
            <Text size="sm">
              <span lang="en">{state.message}</span> {t("parts.error.requestId", { id: state.requestId })}
            </Text>
          )}
        </div>
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          {t("live.retryNow")}
        </Button>
      </Group>
    </Alert>
  );
}

function Gap({ note: { from, count }, onClose }: { note: GapNote; onClose: () => void }) {
  const t = useT();
  const time = useTimeFormat({ timeStyle: "medium" });
  const since = from === null ? t("live.gap.unknown") : time(new Date(from));
  return (
    <Alert
      color={count === null ? "yellow" : "blue"}
      role="status"
      withCloseButton
      closeButtonLabel={t("parts.close")}
      onClose={onClose}
    >
      {count === null ? t("live.gap.open", { from: since }) : t("live.gap.filled", { from: since, count })}
    </Alert>
  );
}
