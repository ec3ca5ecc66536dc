/** The installation as its operator sees it at three in the morning: what waits, who works, who is loud. */
import { Alert, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useId } from "react";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { bytesText, countText } from "../../parts/quantities.ts";
import { Loaded } from "../../parts/states.tsx";
import { RelativeTime } from "../../parts/time_text.tsx";
import { useSession } from "../../session.ts";
import { PauseSwitch } from "./pause_switch.tsx";
import type { System } from "./system_tables.tsx";
import { BusiestTenants, Migrations, Workers } from "./system_tables.tsx";

const READ_EVERY_MS = 3_000;

/** Read again every 3 seconds while it is shown. */
export function SystemScreen() {
  const t = useT();
  const isOperator = useSession()?.kind === "operator";
  const system = useQuery({
    queryKey: ["system"],
    queryFn: ({ signal }) => call("getSystem", { signal }),
    refetchInterval: READ_EVERY_MS,
    enabled: isOperator,
  });
  return (
    <>
      <PageTitle title={t("system.title")}>
        <ApiCallButton id="getSystem" args={{}} />
      </PageTitle>
      {isOperator ? (
        <Loaded query={system}>{(loaded) => <SystemFigures system={loaded} />}</Loaded>
      ) : (
        <Alert color="blue">{t("system.forbidden")}</Alert>
      )}
    </>
  );
}

function SystemFigures({ system }: { system: System }) {
  const t = useT();
  const locale = useLocale();
  const { queue, engine, database } = system;
  const figures: [string, ReactNode][] = [
    [t("system.waiting"), countText(queue.waiting, locale)],
    [t("system.due"), countText(queue.due, locale)],
    [
      t("system.oldestDue"),
      queue.oldestDueAt === null ? t("system.nothingDue") : <RelativeTime at={queue.oldestDueAt} />,
    ],
    [t("system.running"), countText(engine.running, locale)],
    [t("system.held"), countText(engine.held, locale)],
    [t("system.lanes"), countText(engine.lanes, locale)],
    [t("system.database"), `${database.kind}, ${bytesText(database.bytes, locale)}`],
    [t("system.version"), `${system.version} · ${t("system.node")} ${system.nodeVersion}`],
    ...(system.egressProxy === null ? [] : [[t("system.proxy"), labelText(system.egressProxy)] as [string, ReactNode]]),
    [t("system.since"), <RelativeTime key="since" at={system.startedAt} />],
  ];
  return (
    <Stack>
      <PauseSwitch isPaused={system.isPaused} />
      <Section title={t("system.state")}>
        <SimpleGrid component="dl" cols={{ base: 2, sm: 3 }} m={0}>
          {figures.map(([name, value]) => (
            <div key={name}>
              <Text component="dt" size="sm" c="dimmed">
                {name}
              </Text>
              <Text component="dd" fw={600} m={0}>
                {value}
              </Text>
            </div>
          ))}
        </SimpleGrid>
      </Section>
      <Section title={t("system.workers")}>
        <Workers workers={system.workers} />
      </Section>
      <Section title={t("system.tenants")}>
        <BusiestTenants tenants={system.tenants} />
      </Section>
      <Section title={t("system.migrations")}>
        <Migrations migrations={database.migrations} />
      </Section>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Title order={2} size="h4" mb="sm" id={id}>
        {title}
      </Title>
      {children}
    </Paper>
  );
}
