/** What a bulk resend would send: counted by the server before anything is started. */
import { Group, Paper, ScrollArea, SimpleGrid, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { useNow } from "../../parts/now.ts";
import { countText } from "../../parts/quantities.ts";
import { Loaded } from "../../parts/states.tsx";
import { durationText } from "../../parts/time_text.tsx";
import { useTimeFormat } from "../../parts/time_zone.ts";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import type { TenantPath } from "../../tenant.ts";
import classes from "./jobs.module.css";
import type { ResendCall } from "./resend_request.ts";

/** What a dry run answers. */
type ResendCount = Extract<Answer<"resendEvents">, { byTopic: unknown }>;

/** Counts what the request would send; idle without one. The last count stays while the next one is on its way. */
export function useResendCount({ appId, appEnv }: TenantPath, request: ResendCall | null): UseQueryResult<ResendCount> {
  const { rate: _rate, ...what } = request?.body ?? {};
  return useQuery({
    queryKey: ["jobs", appId, appEnv, "count", request?.id, request?.path, what],
    queryFn: async ({ signal }) => {
      if (request === null) throw new Error("nothing is to be counted");
      return (await dryRun(request, signal)) as ResendCount; // a dry run answers no job
    },
    enabled: request !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });
}

function dryRun(request: ResendCall, signal: AbortSignal): Promise<unknown> {
  switch (request.id) {
    case "resendEvents":
      return call(request.id, { path: request.path, body: { ...request.body, dryRun: true }, signal });
    case "resendWebhookEvents":
      return call(request.id, { path: request.path, body: { ...request.body, dryRun: true }, signal });
    case "replayWebhook":
      return call(request.id, { path: request.path, body: { ...request.body, dryRun: true }, signal });
  }
}

/** The sum, and what it is made of. */
export function ResendPreview({
  count,
  isComplete,
  rate,
}: {
  count: UseQueryResult<ResendCount>;
  isComplete: boolean;
  rate: number;
}) {
  if (!isComplete) return null;
  return (
    <Paper withBorder p="sm" bg="transparent">
      <Loaded query={count} lines={3}>
        {(counted) => <Counted counted={counted} isCounting={count.isFetching} rate={rate} />}
      </Loaded>
    </Paper>
  );
}

function Counted({ counted, isCounting, rate }: { counted: ResendCount; isCounting: boolean; rate: number }) {
  const t = useT();
  const locale = useLocale();
  const { nameOf } = useWebhookNames();
  const { count, byTopic, byWebhook, skipped } = counted;
  const reasons = (["pending", "disabled", "erased"] as const).filter((reason) => skipped[reason] > 0);
  return (
    <Stack gap="xs">
      <Group gap="sm" role="status">
        <Text fw={600}>{isCounting ? t("jobs.resend.counting") : t("jobs.resend.counted", { count })}</Text>
        {count === 0 || isCounting ? null : <EstimatedEnd count={count} rate={rate} />}
      </Group>
      {reasons.map((reason) => (
        <Text key={reason} size="sm">
          {t(`jobs.resend.skipped.${reason}`, { count: countText(skipped[reason], locale) })}
        </Text>
      ))}
      {count === 0 ? null : (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Counts
            caption={t("jobs.resend.byWebhook")}
            rows={byWebhook.map(({ webhookId, count: ofWebhook }) => [nameOf(webhookId), ofWebhook])}
          />
          <Counts
            caption={t("jobs.resend.byTopic")}
            rows={byTopic.map(({ topic, action, count: ofTopic }) => [`${topic}.${action}`, ofTopic])}
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}

function EstimatedEnd({ count, rate }: { count: number; rate: number }) {
  const t = useT();
  const locale = useLocale();
  const now = useNow();
  const time = useTimeFormat({ dateStyle: "short", timeStyle: "short" });
  const takesMs = (count * 1_000) / rate;
  const duration = durationText(Math.max(1_000, takesMs), locale);
  return <Text size="sm">{t("jobs.resend.end", { duration, at: time(new Date(now + takesMs)) })}</Text>;
}

function Counts({ caption, rows }: { caption: string; rows: readonly (readonly [string, number])[] }) {
  const locale = useLocale();
  return (
    <ScrollArea.Autosize mah={160} type="auto" viewportProps={{ tabIndex: 0, role: "group", "aria-label": caption }}>
      <table className={classes["counts"]}>
        <caption>{caption}</caption>
        <tbody>
          {rows.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{countText(count, locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea.Autosize>
  );
}
