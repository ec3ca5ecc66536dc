/** Which application and environment: a choice for the operator, a fact for an application's key. */
import { Group, NativeSelect, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { useT } from "../i18n/i18n.ts";
import { useSession } from "../session.ts";
import { APP_ENVS } from "../tenant.ts";
import { firstApplicationsQuery } from "./first_applications.ts";

/** Switching keeps the page where the other environment has it, else its list. */
export function TenantSwitcher() {
  const t = useT();
  const session = useSession();
  const { appId, appEnv } = useParams({ strict: false });
  const isOperator = session?.kind === "operator";
  const applications = useQuery({ ...firstApplicationsQuery, enabled: isOperator });
  const goTo = useTenantSwitch();
  if (appId === undefined || appEnv === undefined) return null;
  if (!isOperator) {
    return (
      <Text size="sm" truncate maw={260}>
        {session?.appName ?? appId} · {appEnv}
      </Text>
    );
  }
  const items = applications.data?.items ?? [];
  const options = items.map((item) => ({ value: item.appId, label: item.appName }));
  if (!items.some((item) => item.appId === appId)) options.unshift({ value: appId, label: appId });
  return (
    <Group gap="xs" wrap="nowrap">
      <NativeSelect
        aria-label={t("shell.application")}
        size="xs"
        maw={200}
        value={appId}
        data={options}
        onChange={(event) => goTo({ appId: event.currentTarget.value, appEnv })}
      />
      <NativeSelect
        aria-label={t("shell.environment")}
        size="xs"
        value={appEnv}
        data={[...APP_ENVS]}
        onChange={(event) => goTo({ appId, appEnv: event.currentTarget.value })}
      />
    </Group>
  );
}

/** The page of the same name in another environment: what is below it (a webhook, an event) is not there. */
function useTenantSwitch(): (tenant: { appId: string; appEnv: string }) => void {
  const navigate = useNavigate();
  const router = useRouter();
  return ({ appId, appEnv }) => {
    const page = router.state.location.pathname.split("/")[4] ?? "overview";
    void navigate({ href: `/a/${encodeURIComponent(appId)}/${appEnv}/${page}` });
  };
}
