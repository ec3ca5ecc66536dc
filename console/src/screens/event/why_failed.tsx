/** Why an attempt failed, in plain words, and what to do about it. */
import { Alert, Anchor, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useT } from "../../i18n/i18n.ts";
import { wordMessages, wordOfAttempt } from "../../parts/failure_words.ts";
import { labelText } from "../../parts/label_text.ts";
import { useTimeFormat } from "../../parts/time_zone.ts";
import { certificateEnd } from "../overview/attention.ts";
import type { Attempt } from "./event_model.ts";
import { FailureReference } from "./failure_reference.tsx";

/** Nothing for an attempt that passed. */
export function WhyFailed({ attempt }: { attempt: Attempt }) {
  const t = useT();
  const [isReferenceOpen, reference] = useDisclosure(false);
  const date = useTimeFormat({ dateStyle: "long" });
  const { error } = attempt;
  if (error === undefined) return null;
  const word = wordOfAttempt(attempt);
  const messages = word === null ? null : wordMessages(word);
  const certificateAt = error.code.startsWith("TLS_") ? certificateEnd(attempt) : null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle aria-hidden />}
      title={t("event.why", {
        number: attempt.number,
        name: messages === null ? labelText(error.code) : t(messages.name),
      })}
    >
      <Stack gap={4}>
        {messages === null ? null : <Text size="sm">{t(messages.why)}</Text>}
        {certificateAt === null ? null : (
          <Text size="sm">{t("event.why.certificate", { date: date(new Date(certificateAt)) })}</Text>
        )}
        {messages === null ? null : (
          <Text size="sm" fw={600}>
            {t(messages.fix)}
          </Text>
        )}
        <Group gap="md">
          <Text size="sm" lang="en" className="mono">
            {labelText(error.code)}: {labelText(error.message)}
          </Text>
          <Anchor component="button" type="button" size="sm" onClick={reference.open}>
            {t("event.why.reference")}
          </Anchor>
        </Group>
      </Stack>
      <FailureReference isOpen={isReferenceOpen} current={word} onClose={reference.close} />
    </Alert>
  );
}
