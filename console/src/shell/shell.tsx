/** The frame around every screen behind the sign-in: bar, navigation, palette, shortcuts, dialogs. */
import { ActionIcon, AppShell, Burger, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useT } from "../i18n/i18n.ts";
import { LateDialog } from "../parts/late_dialog.tsx";
import { parseAppEnv } from "../tenant.ts";
import { AccountButton } from "./account_button.tsx";
import { EnvironmentBand } from "./environment_band.tsx";
import { LiveDot } from "./live_dot.tsx";
import { Navigation } from "./navigation.tsx";
import { OfflineBanner } from "./offline_banner.tsx";
import type { PageName } from "./pages.ts";
import { useOpenPages } from "./pages.ts";
import { SessionGate } from "./session_gate.tsx";
import classes from "./shell.module.css";
import { useShortcut } from "./shortcuts.tsx";
import { TenantSwitcher } from "./tenant_switcher.tsx";

const Palette = lazy(() => import("./palette.tsx"));
const ShortcutSheet = lazy(() => import("./shortcut_sheet.tsx"));

/** Bar, navigation and the screen. */
export function Shell() {
  const t = useT();
  const [isNavOpen, { toggle, close }] = useDisclosure(false);
  const [isSheetOpen, sheet] = useDisclosure(false);
  const [paletteOpenings, setPaletteOpenings] = useState(0);
  const openPalette = (): void => setPaletteOpenings((openings) => openings + 1);
  const { appId, appEnv: appEnvText = "" } = useParams({ strict: false });
  const appEnv = parseAppEnv(appEnvText);
  const openPages = useOpenPages();
  const bandHeight = appEnv === null ? 0 : 24;
  useShortcut("mod+k", t("shortcuts.palette"), openPalette, { isGlobal: true });
  useShortcut("?", t("shortcuts.sheet"), sheet.open, { isGlobal: true });
  useShortcut("/", t("shortcuts.search"), focusSearch, { isGlobal: true });
  return (
    <AppShell
      header={{ height: 56 + bandHeight }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isNavOpen } }}
      padding="md"
    >
      <a className={classes["skip"]} href="#content">
        {t("shell.skipToContent")}
      </a>
      {openPages.map((page) => (
        <GoToShortcut key={page.name} page={page.name} keys={page.keys} />
      ))}
      <AppShell.Header>
        <Group h={56} px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={isNavOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("shell.openNavigation")}
            />
            <Text fw={700} visibleFrom="md">
              {t("shell.product")}
            </Text>
            <TenantSwitcher />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Button
              variant="default"
              visibleFrom="md"
              leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
              onClick={openPalette}
            >
              {t("shell.searchOrJump")}
            </Button>
            <ActionIcon
              variant="default"
              size="lg"
              hiddenFrom="md"
              aria-label={t("shell.searchOrJump")}
              onClick={openPalette}
            >
              <IconSearch size={18} stroke={1.6} aria-hidden />
            </ActionIcon>
            {appId === undefined || appEnv === null ? null : <LiveDot appId={appId} appEnv={appEnv} />}
            <AccountButton onShowShortcuts={sheet.open} />
          </Group>
        </Group>
        {appEnv === null ? null : <EnvironmentBand appEnv={appEnv} />}
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="div" className={classes["navbar"]} data-collapsed={!isNavOpen}>
        <Navigation onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <OfflineBanner />
        <Outlet />
      </AppShell.Main>
      <Suspense>{paletteOpenings === 0 ? null : <Palette openings={paletteOpenings} />}</Suspense>
      <SessionGate />
      <LateDialog isOpen={isSheetOpen}>
        <ShortcutSheet onClose={sheet.close} />
      </LateDialog>
    </AppShell>
  );
}

function GoToShortcut({ page, keys }: { page: PageName; keys: string }) {
  const t = useT();
  const navigate = useNavigate();
  const { appId, appEnv } = useParams({ strict: false });
  const go = (): void => {
    if (appId !== undefined && appEnv !== undefined) {
      void navigate({ to: `/a/$appId/$appEnv/${page}`, params: { appId, appEnv } });
    }
  };
  useShortcut(`g ${keys}`, t("shortcuts.goTo", { page: t(`shell.nav.${page}`) }), go, {
    isGlobal: true,
    isEnabled: appId !== undefined,
  });
  return null;
}

/** The search field of the screen, where it has one. */
function focusSearch(): void {
  document.querySelector<HTMLInputElement>("input[data-page-search]")?.focus();
}
