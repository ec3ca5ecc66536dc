/** "Needs attention": webhooks with a fault, each with the one thing to do about it. */
import { Anchor, Badge, Button, Group, Paper, Text, Title } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCertificate,
  IconCircleCheck,
  IconHourglass,
  IconPlugConnectedX,
  IconShieldQuestion,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { Loaded } from "../../parts/states.tsx";
import { useStatsRange } from "../../parts/stats_query.ts";
import { durationText, RelativeTime } from "../../parts/time_text.tsx";
import { toastProblem, toastUndo } from "../../parts/toast.ts";
import { useTenant } from "../../tenant.ts";
import type { Attention } from "./attention.ts";
import { attentionOf } from "./attention.ts";
import { readHealth } from "./endpoint_health.ts";
import classes from "./overview.module.css";

const LOOKS = {
  disabled: { icon: IconPlugConnectedX, color: "red" },
  failing: { icon: IconAlertTriangle, color: "red" },
  certificate: { icon: IconCertificate, color: "orange" },
  slow: { icon: IconHourglass, color: "orange" },
  unverified: { icon: IconShieldQuestion, color: "gray" },
} as const;
const REFRESH_MS = 30_000;
/** How long what single deliveries told is believed, in ms. */
const HEALTH_STALE_MS = 300_000;

/** For the range of the address. */
export function NeedsAttention() {
  const t = useT();
  const tenant = useTenant();
  const range = useStatsRange();
  const query = useAttention();
  const fixes = (query.data?.found ?? [])
    .filter(({ kind }) => kind === "disabled")
    .map(({ webhookId }) => ({
      id: "updateWebhook" as const,
      args: { path: { webhookId }, body: { isDisabled: false } },
    }));
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="needs-attention">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="needs-attention">
          {t("overview.attention")}
        </Title>
        <ApiCallButton id="listWebhookStats" args={{ path: tenant, query: range }} also={fixes} />
      </Group>
      <Loaded query={query} lines={3}>
        {({ found, hasEndpoints }) =>
          !hasEndpoints ? (
            <Text>{t("overview.attention.noEndpoint")}</Text>
          ) : found.length === 0 ? (
            <Group gap="xs">
              <IconCircleCheck size={18} stroke={1.8} className={classes["done"]} aria-hidden />
              <Text>{t("overview.attention.none")}</Text>
            </Group>
          ) : (
            <ul className={classes["rows"]}>
              {found.map((attention) => (
                <li key={attention.webhookId} className={classes["row"]}>
                  <Row attention={attention} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Paper>
  );
}

function useAttention() {
  const tenant = useTenant();
  const { appId, appEnv } = tenant;
  const range = useStatsRange();
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: ["webhooks", appId, appEnv, "attention", range.from, range.to],
    queryFn: async ({ signal }): Promise<{ found: Attention[]; hasEndpoints: boolean }> => {
      const [webhooks, { items: stats }, settings] = await Promise.all([
        call("listWebhooks", { path: tenant, signal }),
        call("listWebhookStats", { path: tenant, query: range, signal }),
        call("getSettings", { path: tenant, signal }),
      ]);
      const health = await queryClient.query({
        queryKey: ["webhooks", appId, appEnv, "health"],
        queryFn: () => readHealth(webhooks, stats, signal),
        staleTime: HEALTH_STALE_MS,
      });
      const timeoutMs = settings.timeoutMs ?? settings.server.timeoutMs;
      const found = attentionOf({ webhooks, stats, health, timeoutMs, now: Date.now() });
      return { found, hasEndpoints: webhooks.length > 0 };
    },
    placeholderData: (old) => old,
    refetchInterval: REFRESH_MS,
  });
}

function Row({ attention }: { attention: Attention }) {
  const t = useT();
  const { webhookId, url, kind } = attention;
  const { appId, appEnv } = useTenant();
  const { icon: Icon, color } = LOOKS[kind];
  const link = { to: "/a/$appId/$appEnv/webhooks/$webhookId", params: { appId, appEnv, webhookId } } as const;
  return (
    <>
      <div className={classes["what"]}>
        <Group gap="xs" wrap="nowrap" align="start">
          <Badge color={color} variant="light" tt="none" leftSection={<Icon size={14} stroke={2} aria-hidden />}>
            {t(`overview.attention.${kind}`)}
          </Badge>
        </Group>
        <Anchor component={Link} {...(link as object)} fw={600}>
          {labelText(url)}
        </Anchor>
        <Text size="sm">
          <Explanation attention={attention} />
        </Text>
      </div>
      {kind === "disabled" ? (
        <EnableButton webhookId={webhookId} url={url} />
      ) : (
        <Button
          variant="default"
          renderRoot={(props) => <Link {...props} {...link} search={FIX_SEARCH[kind] as never} />}
          aria-label={t("overview.fixNamed", { fix: t(`overview.fix.${kind}`), url: labelText(url) })}
        >
          {t(`overview.fix.${kind}`)}
        </Button>
      )}
    </>
  );
}

/** Where on the webhook's page the fix is. */
const FIX_SEARCH = {
  failing: { tab: "events", filter: "failed" },
  certificate: { tab: "settings" },
  slow: { tab: "settings" },
  unverified: { tab: "snippets" },
} as const;

function Explanation({ attention }: { attention: Attention }) {
  const t = useT();
  const locale = useLocale();
  switch (attention.kind) {
    case "disabled":
      return (
        <>
          {t(`overview.explain.disabled.${attention.reason}`)} <RelativeTime at={attention.at} />
        </>
      );
    case "failing":
      return (
        <>
          {t("overview.explain.failing")} <RelativeTime at={attention.at} />
        </>
      );
    case "certificate":
      return (
        <>
          {t(attention.isOver ? "overview.explain.certificateOver" : "overview.explain.certificate")}{" "}
          <RelativeTime at={attention.at} />
        </>
      );
    case "slow": {
      const { ms, limitMs } = attention;
      return t("overview.explain.slow", { p95: durationText(ms, locale), limit: durationText(limitMs, locale) });
    }
    case "unverified":
      return t("overview.explain.unverified", { count: attention.passed });
  }
}

function EnableButton({ webhookId, url }: { webhookId: string; url: string }) {
  const t = useT();
  const queryClient = useQueryClient();
  const { appId, appEnv } = useTenant();
  const change = useMutation({
    mutationFn: (isDisabled: boolean) => call("updateWebhook", { path: { webhookId }, body: { isDisabled } }),
    onSuccess: (_webhook, isDisabled) => {
      if (!isDisabled) toastUndo(t, t("overview.enabled", { url: labelText(url) }), () => change.mutate(true));
      void queryClient.invalidateQueries({ queryKey: ["webhook", webhookId] });
      return queryClient.invalidateQueries({ queryKey: ["webhooks", appId, appEnv] });
    },
    onError: (error) => toastProblem(t, error),
  });
  return (
    <Button
      loading={change.isPending}
      onClick={() => change.mutate(false)}
      aria-label={t("overview.fixNamed", { fix: t("overview.fix.disabled"), url: labelText(url) })}
    >
      {t("overview.fix.disabled")}
    </Button>
  );
}
