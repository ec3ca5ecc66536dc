/** The menu of the person: theme, language, time zone, shortcuts, sign-out. */
import { ActionIcon, Button, Popover, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserCircle } from "@tabler/icons-react";
import { useT } from "../i18n/i18n.ts";
import { useSession } from "../session.ts";
import { PersonalChoices } from "./personal_choices.tsx";
import { useSignOut } from "./sign_out.ts";

/** The button with its menu, which is open at first: the press that loaded it wanted it. */
export default function AccountMenu({ onShowShortcuts }: { onShowShortcuts: () => void }) {
  const t = useT();
  const session = useSession();
  const signOut = useSignOut();
  const [isOpen, { toggle, close }] = useDisclosure(true);
  const leave = async () => {
    close();
    await signOut();
  };
  return (
    <Popover
      opened={isOpen}
      onChange={(open) => (open ? undefined : close())}
      position="bottom-end"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon variant="default" size="lg" aria-label={t("shell.account")} onClick={toggle}>
          <IconUserCircle size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("shell.account")}>
        <Stack gap="sm" w={280}>
          <Text size="sm" fw={600}>
            {t("shell.signedInAs", { name: session?.name ?? "" })}
          </Text>
          <PersonalChoices />
          <Button
            variant="default"
            onClick={() => {
              close();
              onShowShortcuts();
            }}
          >
            {t("shell.showShortcuts")}
          </Button>
          <Button variant="default" onClick={() => void leave()}>
            {t("shell.signOut")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
