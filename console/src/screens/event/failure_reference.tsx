/** The documentation of failures: every one by its name, what happened and what to do. */
import { Badge, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import type { FailureWord } from "../../parts/failure_words.ts";
import { FAILURE_WORDS, wordMessages } from "../../parts/failure_words.ts";

/** `current` is the one that it was opened from: it comes first. */
export function FailureReference({
  isOpen,
  current,
  onClose,
}: {
  isOpen: boolean;
  current: FailureWord | null;
  onClose: () => void;
}) {
  const t = useT();
  const others = FAILURE_WORDS.filter((word) => word !== current);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t("event.reference.title")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <Stack gap="lg">
        <Text size="sm">{t("event.reference.text")}</Text>
        {[...(current === null ? [] : [current]), ...others].map((word) => {
          const { name, why, fix } = wordMessages(word);
          return (
            <Stack key={word} gap={4} component="section">
              <Group gap="xs">
                <Title order={3} size="h5">
                  {t(name)}
                </Title>
                <Badge variant="default" tt="none" className="mono">
                  {word}
                </Badge>
              </Group>
              <Text size="sm">{t(why)}</Text>
              <Text size="sm" fw={600}>
                {t(fix)}
              </Text>
            </Stack>
          );
        })}
      </Stack>
    </Modal>
  );
}
