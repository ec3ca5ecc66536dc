/** The list of pages at the side. */
import { NavLink, Stack, Text } from "@mantine/core";
import { IconApps, IconServer } from "@tabler/icons-react";
import { Link, useLocation, useParams } from "@tanstack/react-router";
import { useT } from "../i18n/i18n.ts";
import { useSession } from "../session.ts";
import { useOpenPages } from "./pages.ts";

/** Pages of the environment where one is chosen; the operator's pages for the operator. */
export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const t = useT();
  const session = useSession();
  const { pathname } = useLocation();
  const { appId, appEnv } = useParams({ strict: false });
  const isOperator = session?.kind === "operator";
  const pages = useOpenPages();
  return (
    <Stack component="nav" aria-label={t("shell.navigation")} gap={2}>
      {appId !== undefined && appEnv !== undefined
        ? pages.map(({ name, icon: Icon }) => (
            <NavLink
              key={name}
              renderRoot={(props) => <Link {...props} to={`/a/$appId/$appEnv/${name}`} params={{ appId, appEnv }} />}
              label={t(`shell.nav.${name}`)}
              leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
              active={pathname.split("/")[4] === name}
              aria-current={pathname.split("/")[4] === name ? "page" : undefined}
              onClick={onNavigate}
            />
          ))
        : null}
      {isOperator ? (
        <>
          <Text size="xs" mt="md" px="sm" c="dimmed" component="h2" fw={600}>
            {t("shell.nav.admin")}
          </Text>
          <NavLink
            component={Link}
            to="/"
            label={t("shell.nav.applications")}
            leftSection={<IconApps size={18} stroke={1.6} aria-hidden />}
            active={pathname === "/"}
            aria-current={pathname === "/" ? "page" : undefined}
            onClick={onNavigate}
          />
          <NavLink
            component={Link}
            to="/system"
            label={t("shell.nav.system")}
            leftSection={<IconServer size={18} stroke={1.6} aria-hidden />}
            active={pathname === "/system"}
            aria-current={pathname === "/system" ? "page" : undefined}
            onClick={onNavigate}
          />
        </>
      ) : null}
    </Stack>
  );
}
