/** What the server is started with: it holds where nothing else says otherwise, and cannot be changed here. */
import { Alert, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { durationText } from "../../parts/time_text.tsx";
import type { Settings } from "./settings_form.ts";

/** A table of facts. */
export function ServerFacts({ server }: { server: Settings["server"] }) {
  const t = useT();
  const locale = useLocale();
  const schedule = server.retrySchedule.map((stepMs) => durationText(stepMs, locale)).join(", ");
  const facts = [
    [t("settings.server.mode"), t(server.isDevelopment ? "settings.server.development" : "settings.server.production")],
    [t("settings.server.schedule"), schedule === "" ? t("parts.none") : schedule],
    [t("settings.server.timeout"), durationText(server.timeoutMs, locale)],
    [t("settings.server.retention"), durationText(server.retentionMs, locale)],
    [t("settings.server.tokenTtl"), durationText(server.tokenTtlMs, locale)],
  ];
  return (
    <Stack gap="sm">
      <Table>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {server.egressAllow.length === 0 ? null : (
        <Alert color="red" title={t("settings.server.egress")}>
          <Stack gap="xs">
            <Group gap="xs">
              {server.egressAllow.map((block) => (
                <Code key={block}>{block}</Code>
              ))}
            </Group>
            <Text size="sm">{t("settings.server.egressWarning")}</Text>
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}
