/** The button of the account menu, which is loaded when it is wanted for the first time. */
import { ActionIcon } from "@mantine/core";
import { IconUserCircle } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useT } from "../i18n/i18n.ts";

const AccountMenu = lazy(() => import("./account_menu.tsx"));

/** The same button before and after. */
export function AccountButton({ onShowShortcuts }: { onShowShortcuts: () => void }) {
  const t = useT();
  const [isWanted, setWanted] = useState(false);
  const button = (
    <ActionIcon variant="default" size="lg" aria-label={t("shell.account")} onClick={() => setWanted(true)}>
      <IconUserCircle size={20} stroke={1.6} aria-hidden />
    </ActionIcon>
  );
  return <Suspense fallback={button}>{isWanted ? <AccountMenu onShowShortcuts={onShowShortcuts} /> : button}</Suspense>;
}
