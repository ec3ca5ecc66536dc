/** An application with its four environments; their figures are read once the card has come into sight. */
import { Group, Paper, Skeleton, Text, Title } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { countText, shareText } from "../../parts/quantities.ts";
import { RelativeTime } from "../../parts/time_text.tsx";
import type { AppEnv } from "../../tenant.ts";
import { APP_ENVS } from "../../tenant.ts";
import type { Application } from "./application_list.ts";
import { failingCount } from "./application_list.ts";
import classes from "./applications.module.css";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Figures are as fresh as this, in ms. */
const FIGURES_MS = 60_000;

/** A heading, the id to copy, and a link to each environment. */
export function ApplicationCard({ application }: { application: Application }) {
  const t = useT();
  const { appId, appName, _createdAt } = application;
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const [wasSeen, setSeen] = useState(false);
  if (inViewport && !wasSeen) setSeen(true);
  const context = useQuery({
    queryKey: ["applications", appId, "context"],
    queryFn: ({ signal }) => call("getApplicationContext", { path: { appId }, signal }),
    enabled: wasSeen,
    staleTime: FIGURES_MS,
  });
  const name = labelText(appName);
  return (
    <Paper component="section" withBorder p="md" ref={ref} aria-label={name}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h4">
          {name}
        </Title>
        <Text size="xs">
          {t("applications.created")} <RelativeTime at={_createdAt} />
        </Text>
      </Group>
      <Group gap={4} mb="sm" wrap="nowrap">
        <Text size="xs" className="mono">
          {appId}
        </Text>
        <CopyButton value={appId} what={t("applications.id")} />
      </Group>
      <ul className={classes["environments"]} aria-label={t("applications.environments", { name })}>
        {APP_ENVS.map((appEnv) => (
          <li key={appEnv}>
            <Environment
              appId={appId}
              appEnv={appEnv}
              wasSeen={wasSeen}
              failing={failingCount(context.data?.envSettings[appEnv]?.webhooks ?? [])}
            />
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function Environment({
  appId,
  appEnv,
  wasSeen,
  failing,
}: {
  appId: string;
  appEnv: AppEnv;
  wasSeen: boolean;
  failing: number;
}) {
  const t = useT();
  return (
    <Link
      to="/a/$appId/$appEnv/overview"
      params={{ appId, appEnv }}
      className={classes["environment"]}
      data-env={appEnv}
      preload={false}
    >
      <span className={classes["name"]}>{appEnv}</span>
      <Figures appId={appId} appEnv={appEnv} wasSeen={wasSeen} />
      {failing === 0 ? null : (
        <span className={classes["failing"]}>
          <IconAlertTriangle size={14} stroke={2} aria-hidden /> {t("applications.failing", { count: failing })}
        </span>
      )}
    </Link>
  );
}

/** Of the last 24 hours, to the hour. */
function Figures({ appId, appEnv, wasSeen }: { appId: string; appEnv: AppEnv; wasSeen: boolean }) {
  const t = useT();
  const locale = useLocale();
  const { data, isError } = useQuery({
    queryKey: ["stats", appId, appEnv, "card"],
    queryFn: ({ signal }): Promise<Answer<"getStats">> => {
      const from = new Date(Date.now() - DAY_MS).toISOString();
      return call("getStats", { path: { appId, appEnv }, query: { from, bucket: HOUR_MS }, signal });
    },
    enabled: wasSeen,
    staleTime: FIGURES_MS,
  });
  if (isError) return <span>{t("applications.unread")}</span>;
  if (data === undefined) return <Skeleton height={14} width="60%" />;
  const { created, success, failed } = data.totals;
  const share = shareText(success, success + failed, locale);
  return (
    <span>
      {t("applications.volume", { count: created, text: countText(created, locale) })}
      {share === null ? null : ` · ${t("applications.success", { share })}`}
    </span>
  );
}
