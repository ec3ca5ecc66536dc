/** What came of a test event, as it happens: the attempt, the response, and whether the receiver verified the token. */
import { Anchor, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { CodeBlock } from "../../parts/code_block.tsx";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { useNow } from "../../parts/now.ts";
import { Failure } from "../../parts/states.tsx";
import { StatusBadge } from "../../parts/status_badge.tsx";
import { durationText, RelativeTime } from "../../parts/time_text.tsx";
import { useCan } from "../../session.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";

type Event = Answer<"getWebhookEvent">;
type Attempt = Event["attempts"][number];

/** How often the event is read until it has an outcome, and until its token is used, in ms. */
const READ_MS = 700;
/** Receivers may check the token after they have answered; so long it is waited for, in ms. */
const TOKEN_WAIT_MS = 20_000;

/** `event` as the sending answered it, a moment ago. */
export function TestResult({ webhook, event }: { webhook: Webhook; event: Answer<"testWebhook"> }) {
  const [sentAt] = useState(() => Date.now());
  const t = useT();
  const isAllowed = useCan("events");
  const { _id: webhookId } = webhook;
  const query = useQuery({
    queryKey: ["event", event._id, "test"],
    queryFn: ({ signal }) => call("getWebhookEvent", { path: { webhookId, eventId: event._id }, signal }),
    refetchInterval: ({ state }) => (isOver(state.data, sentAt) ? false : READ_MS),
    enabled: isAllowed,
  });
  const status = query.data?.status ?? "PENDING";
  useEffect(() => {
    if (status !== "PENDING") say(t("test.outcome", { status: t(`status.${status}`) }));
  }, [status, t]);
  const { appId, appEnv } = webhook;
  const params = { appId, appEnv, webhookId, eventId: event._id };
  return (
    <Paper withBorder p="md" component="section" aria-label={t("test.result")}>
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={3} size="h5">
            {t("test.result")}
          </Title>
          <StatusBadge status={status} />
          {status === "PENDING" && isAllowed ? <Loader size="xs" aria-hidden /> : null}
        </Group>
        <Group gap={4}>
          <Anchor
            component={Link}
            size="sm"
            className="mono"
            to="/a/$appId/$appEnv/webhooks/$webhookId/events/$eventId"
            params={params as never}
          >
            {event._id}
          </Anchor>
          <CopyButton value={event._id} what={t("test.eventId")} />
        </Group>
        {isAllowed ? null : <Text size="sm">{t("test.noRight")}</Text>}
        {query.error === null ? null : (
          <Failure error={query.error} onRetry={() => void query.refetch()} dataAt={query.dataUpdatedAt} />
        )}
        {query.data === undefined ? null : <Outcome event={query.data} sentAt={sentAt} />}
      </Stack>
    </Paper>
  );
}

/** Nothing more is to be expected: there is an outcome, and its token was used or has had its time. */
function isOver(event: Event | undefined, sentAt: number): boolean {
  const attempt = event?.attempts.at(-1);
  if (event === undefined || attempt === undefined || event.status === "PENDING") return false;
  return attempt.tokenConsumedAt !== undefined || Date.now() - sentAt > TOKEN_WAIT_MS;
}

function Outcome({ event, sentAt }: { event: Event; sentAt: number }) {
  const t = useT();
  const attempt = event.attempts.at(-1);
  if (attempt === undefined) return <Text size="sm">{t("test.waiting")}</Text>;
  const { response, error } = attempt;
  return (
    <Stack gap="xs">
      <Text size="sm">
        {response === undefined
          ? t("test.noResponse")
          : t("test.response", { status: response.status, statusText: labelText(response.statusText) })}{" "}
        <Timings attempt={attempt} />
      </Text>
      {error === undefined ? null : (
        <Text size="sm">
          <span className="mono">{error.code}</span> <span lang="en">{labelText(error.message)}</span>
        </Text>
      )}
      <Verification attempt={attempt} sentAt={sentAt} />
      {event.nextAttemptAt === null || event.status === "PENDING" ? null : (
        <Text size="sm">
          {t("test.next")} <RelativeTime at={event.nextAttemptAt} />
        </Text>
      )}
      {response === undefined || response.body === "" ? null : (
        <CodeBlock code={response.body} what={t("test.responseBody")} maxHeight={200} />
      )}
    </Stack>
  );
}

/** "212 ms in all: DNS 3 ms, connection 12 ms, …". */
function Timings({ attempt: { durationMs, timings } }: { attempt: Attempt }) {
  const t = useT();
  const locale = useLocale();
  const steps = (["dnsMs", "connectMs", "tlsMs", "firstByteMs", "bodyMs"] as const).flatMap((name) => {
    const ms = timings[name];
    return ms === undefined ? [] : [t(`test.timing.${name}`, { time: durationText(ms, locale) })];
  });
  return t("test.timings", { total: durationText(durationMs, locale), steps: steps.join(", ") });
}

function Verification({ attempt, sentAt }: { attempt: Attempt; sentAt: number }) {
  const t = useT();
  const locale = useLocale();
  const now = useNow();
  const { tokenConsumedAt, startedAt } = attempt;
  if (tokenConsumedAt !== undefined) {
    const after = durationText(Math.max(0, Date.parse(tokenConsumedAt) - Date.parse(startedAt)), locale);
    return (
      <Group gap={6} wrap="nowrap">
        <IconShieldCheck size={18} aria-hidden />
        <Text size="sm">{t("test.verified", { after })}</Text>
      </Group>
    );
  }
  const isWaiting = now - sentAt < TOKEN_WAIT_MS;
  return (
    <Group gap={6} wrap="nowrap">
      {isWaiting ? <Loader size="xs" aria-hidden /> : <IconShieldX size={18} aria-hidden />}
      <Text size="sm">{t(isWaiting ? "test.verifying" : "test.notVerified")}</Text>
    </Group>
  );
}
