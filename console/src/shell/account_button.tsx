/** The end of the bar: local time or UTC, and the button of the account menu, which is loaded when it is first wanted. */
import { ActionIcon } from "@mantine/core";
import { IconUserCircle } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useT } from "../i18n/i18n.ts";
import { TimeZoneToggle } from "./time_zone_toggle.tsx";

const AccountMenu = lazy(() => import("./account_menu.tsx"));

/** The button is the same before and after. */
export function AccountButton({ onShowShortcuts }: { onShowShortcuts: () => void }) {
  const t = useT();
  const [isWanted, setWanted] = useState(false);
  const button = (
    <ActionIcon variant="default" size="lg" aria-label={t("shell.account")} onClick={() => setWanted(true)}>
      <IconUserCircle size={20} stroke={1.6} aria-hidden />
    </ActionIcon>
  );
  return (
    <>
      <TimeZoneToggle />
      <Suspense fallback={button}>{isWanted ? <AccountMenu onShowShortcuts={onShowShortcuts} /> : button}</Suspense>
    </>
  );
}
