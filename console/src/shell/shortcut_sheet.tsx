/** The list of keyboard shortcuts, opened with `?`. */
import { Group, Kbd, Modal, Stack, Text, Title } from "@mantine/core";
import { useT } from "../i18n/i18n.ts";
import { useShortcuts } from "./shortcuts.tsx";

/** What is registered at the moment, so it is never out of date. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  const shortcuts = useShortcuts().list();
  const groups = [
    { title: t("shortcuts.group.page"), ofGroup: shortcuts.filter(({ isGlobal }) => !isGlobal) },
    { title: t("shortcuts.group.global"), ofGroup: shortcuts.filter(({ isGlobal }) => isGlobal) },
  ].filter(({ ofGroup }) => ofGroup.length > 0);
  return (
    <Modal opened onClose={onClose} title={t("shortcuts.title")} closeButtonProps={{ "aria-label": t("parts.close") }}>
      <Stack>
        <Text size="sm">{t("shortcuts.hint")}</Text>
        {groups.map(({ title, ofGroup }) => (
          <Stack key={title} gap="xs">
            <Title order={3} size="h5">
              {title}
            </Title>
            {ofGroup.map(({ keys, description }) => (
              <Group key={keys} justify="space-between" wrap="nowrap">
                <Text size="sm">{description}</Text>
                <Group gap={4} wrap="nowrap">
                  {keys.split(" ").map((key, at) => (
                    <Kbd key={`${key}${at}`}>{key.replace("mod+", "⌘ / Ctrl ")}</Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </Stack>
    </Modal>
  );
}
