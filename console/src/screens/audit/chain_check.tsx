/** Whether every entry of the audit log is as it was written: each one's hash covers the one before. */
import { Alert, Group, Text } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import type { TenantPath } from "../../tenant.ts";

/** One line, or an alarm. */
export function ChainCheck({ tenant }: { tenant: TenantPath }) {
  const t = useT();
  const check = useQuery({
    queryKey: ["audit", tenant.appId, tenant.appEnv, "verification"],
    queryFn: ({ signal }) => call("verifyAuditLog", { path: tenant, signal }),
  });
  if (check.data === undefined) return check.isPending ? <Text size="sm">{t("audit.chain.checking")}</Text> : null;
  const { isIntact, rows, brokenAt } = check.data;
  if (!isIntact) return <Alert color="red">{t("audit.chain.broken", { id: brokenAt ?? "" })}</Alert>;
  return (
    <Group gap={6}>
      <IconShieldCheck size={18} stroke={1.8} aria-hidden />
      <Text size="sm">{t("audit.chain.intact", { rows })}</Text>
      <ApiCallButton id="verifyAuditLog" args={{ path: tenant }} />
    </Group>
  );
}
