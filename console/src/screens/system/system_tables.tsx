/** The tables of the system page: workers, busiest environments, migrations. */
import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { countText } from "../../parts/quantities.ts";
import { RelativeTime } from "../../parts/time_text.tsx";

/** As the API answers it. */
export type System = Answer<"getSystem">;

const SCROLLED = { tabIndex: 0, role: "region" } as const;

/** Processes that deliver, and what they hold. */
export function Workers({ workers }: { workers: System["workers"] }) {
  const t = useT();
  const locale = useLocale();
  return (
    <Table.ScrollContainer
      minWidth={640}
      scrollAreaProps={{ viewportProps: { ...SCROLLED, "aria-label": t("system.workers") } }}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("system.worker")}</Table.Th>
            <Table.Th>{t("system.worker.role")}</Table.Th>
            <Table.Th>{t("system.worker.host")}</Table.Th>
            <Table.Th>{t("system.worker.started")}</Table.Th>
            <Table.Th>{t("system.worker.heartbeat")}</Table.Th>
            <Table.Th ta="end">{t("system.worker.leases")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workers.map((worker) => (
            <Table.Tr key={worker.id}>
              <Table.Td className="mono">{worker.id}</Table.Td>
              <Table.Td>{worker.role}</Table.Td>
              <Table.Td>
                {labelText(worker.host)} · {worker.pid}
              </Table.Td>
              <Table.Td>
                <RelativeTime at={worker.startedAt} />
              </Table.Td>
              <Table.Td>
                <RelativeTime at={worker.heartbeatAt} />
              </Table.Td>
              <Table.Td ta="end">{countText(worker.leases, locale)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Who makes the work. */
export function BusiestTenants({ tenants }: { tenants: System["tenants"] }) {
  const t = useT();
  const locale = useLocale();
  if (tenants.length === 0) return <Text size="sm">{t("system.tenants.none")}</Text>;
  return (
    <Table.ScrollContainer
      minWidth={520}
      scrollAreaProps={{ viewportProps: { ...SCROLLED, "aria-label": t("system.tenants") } }}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("system.tenant.application")}</Table.Th>
            <Table.Th>{t("system.tenant.environment")}</Table.Th>
            <Table.Th ta="end">{t("system.tenant.pending")}</Table.Th>
            <Table.Th ta="end">{t("system.tenant.lastHour")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tenants.map(({ appId, appName, appEnv, pending, lastHour }) => (
            <Table.Tr key={`${appId} ${appEnv}`}>
              <Table.Td>
                <Anchor
                  renderRoot={(props) => <Link {...props} to="/a/$appId/$appEnv/overview" params={{ appId, appEnv }} />}
                >
                  {labelText(appName)}
                </Anchor>
              </Table.Td>
              <Table.Td>{appEnv}</Table.Td>
              <Table.Td ta="end">{countText(pending, locale)}</Table.Td>
              <Table.Td ta="end">{countText(lastHour, locale)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Which changes of the schema the database has. */
export function Migrations({ migrations }: { migrations: System["database"]["migrations"] }) {
  const t = useT();
  return (
    <Table.ScrollContainer
      minWidth={320}
      scrollAreaProps={{ viewportProps: { ...SCROLLED, "aria-label": t("system.migrations") } }}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("system.migration.name")}</Table.Th>
            <Table.Th>{t("system.migration.applied")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {migrations.map(({ number, name, appliedAt }) => (
            <Table.Tr key={number}>
              <Table.Td className="mono">{name}</Table.Td>
              <Table.Td>
                <RelativeTime at={appliedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
