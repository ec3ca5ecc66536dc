/** The first steps of a new environment: add an endpoint, send a test, see it verified. Each is ticked when it is seen. */
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useTenant } from "../../tenant.ts";
import classes from "./overview.module.css";

type Webhook = Answer<"listWebhooks">[number];
/** How far one has come. */
type Progress = { webhooks: readonly Webhook[]; isSent: boolean; isDelivered: boolean; isVerified: boolean };

/** How often the steps are looked at until all are done, in ms. */
const POLL_MS = 2_500;
/** So many of the newest events are looked at for a used token. */
const EVENTS_LOOKED_AT = 3;
/** What the test sends where the webhook wants it. */
const FIRST_ACTION = { topic: "SIGNATURE", action: "SIGNATURE_SUCCESS" };

/** Shown until they are closed. */
export function FirstSteps({ onClose }: { onClose: () => void }) {
  const t = useT();
  const tenant = useTenant();
  const { data } = useQuery({
    queryKey: ["events", tenant.appId, tenant.appEnv, "quick start"],
    queryFn: ({ signal }) => readProgress(tenant, signal),
    refetchInterval: ({ state }) => (state.data?.isVerified === true ? false : POLL_MS),
  });
  const hasWebhook = (data?.webhooks.length ?? 0) > 0;
  const isVerified = data?.isVerified === true;
  const done = [hasWebhook, data?.isSent === true, isVerified].filter(Boolean).length;
  useSayProgress(done);
  const target = data?.webhooks.find(({ isDisabled }) => !isDisabled);
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="quick-start">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="quick-start">
          {t("overview.start")}
        </Title>
        <Button variant="default" size="xs" onClick={onClose}>
          {t(isVerified ? "overview.start.close" : "overview.start.skip")}
        </Button>
      </Group>
      <Text mb="xs">{t("overview.start.text")}</Text>
      <ol className={classes["steps"]}>
        <Step isDone={hasWebhook} title={t("overview.start.add")}>
          <Button renderRoot={(props) => <Link {...props} to="/a/$appId/$appEnv/webhooks/new" params={tenant} />}>
            {t("palette.addWebhook")}
          </Button>
        </Step>
        <Step isDone={data?.isSent === true} title={t("overview.start.send")}>
          {target === undefined ? null : <TestButton webhook={target} />}
        </Step>
        <Step isDone={isVerified} title={t("overview.start.verify")}>
          <Text size="sm">{t(data?.isDelivered === true ? "overview.start.delivered" : "overview.start.wait")}</Text>
          {target === undefined ? null : (
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/a/$appId/$appEnv/webhooks/$webhookId"
                  params={{ ...tenant, webhookId: target._id }}
                  search={{ tab: "snippets" } as never}
                />
              )}
            >
              {t("overview.fix.unverified")}
            </Button>
          )}
        </Step>
      </ol>
      {isVerified ? <Text fw={600}>{t("overview.start.done")}</Text> : null}
    </Paper>
  );
}

function Step({ isDone, title, children }: { isDone: boolean; title: string; children: ReactNode }) {
  const t = useT();
  const Icon = isDone ? IconCircleCheck : IconCircleDashed;
  return (
    <li className={classes["step"]}>
      <Icon size={22} stroke={1.8} className={isDone ? classes["done"] : undefined} aria-hidden />
      <Stack gap={0}>
        <Text fw={600}>{title}</Text>
        <Text size="xs">{t(isDone ? "overview.start.stepDone" : "overview.start.stepOpen")}</Text>
      </Stack>
      {isDone ? null : children}
    </li>
  );
}

function TestButton({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const queryClient = useQueryClient();
  const { appId, appEnv } = useTenant();
  const send = useMutation({
    mutationFn: () => call("testWebhook", { path: { webhookId: webhook._id }, body: FIRST_ACTION }),
    onSuccess: () => {
      toastDone(t("overview.start.sent"));
      return queryClient.invalidateQueries({ queryKey: ["events", appId, appEnv] });
    },
    onError: (error) => toastProblem(t, error),
  });
  return (
    <Button loading={send.isPending} onClick={() => send.mutate()}>
      {t("overview.start.sendButton")}
    </Button>
  );
}

/** Says how far one has come whenever a step is ticked, not at the first look. */
function useSayProgress(done: number): void {
  const t = useT();
  const last = useRef<number | null>(null);
  useEffect(() => {
    if (last.current !== null && done > last.current) say(t("overview.start.progress", { done }));
    last.current = done;
  }, [done, t]);
}

async function readProgress(path: ReturnType<typeof useTenant>, signal: AbortSignal): Promise<Progress> {
  const [webhooks, { events }] = await Promise.all([
    call("listWebhooks", { path, signal }),
    call("listEvents", { path, query: { limit: EVENTS_LOOKED_AT }, signal }),
  ]);
  const details = await Promise.all(
    events.map(({ _id: eventId }) => call("getEvent", { path: { ...path, eventId }, signal })),
  );
  return {
    webhooks,
    isSent: events.length > 0,
    isDelivered: events.some(({ status }) => status === "SUCCESS"),
    isVerified: details.some(({ attempts }) => attempts.some(({ tokenConsumedAt }) => tokenConsumedAt !== undefined)),
  };
}
