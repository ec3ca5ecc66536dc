/** The documented calls behind the details of an event and what can be done with it. */
import { Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconApi } from "@tabler/icons-react";
import { curlOf } from "../../api/curl.ts";
import { OPERATIONS } from "../../api/operations.ts";
import { useT } from "../../i18n/i18n.ts";
import { CodeBlock } from "../../parts/code_block.tsx";
import type { ListedEvent } from "./event_model.ts";

/** A button and its dialog. `number` is the attempt that is shown, null without one. */
export function EventApiCalls({
  event,
  number,
}: {
  event: Pick<ListedEvent, "_id" | "webhookId">;
  number: number | null;
}) {
  const t = useT();
  const [isOpen, { open, close }] = useDisclosure(false);
  const path = { webhookId: event.webhookId, eventId: event._id };
  const { origin } = location;
  const calls = [
    { id: "getWebhookEvent", curl: curlOf("getWebhookEvent", { path }, origin) },
    { id: "resendWebhookEvent", curl: curlOf("resendWebhookEvent", { path }, origin) },
    { id: "signWebhookRequest", curl: curlOf("signWebhookRequest", { path }, origin) },
    ...(number === null
      ? []
      : [
          {
            id: "getAttemptSignature" as const,
            curl: curlOf("getAttemptSignature", { path: { ...path, number: String(number) } }, origin),
          },
        ]),
  ] as const;
  return (
    <>
      <Button variant="default" leftSection={<IconApi size={16} stroke={1.6} aria-hidden />} onClick={open}>
        {t("parts.apiCall")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="lg"
        title={t("event.apiCalls")}
        closeButtonProps={{ "aria-label": t("parts.close") }}
      >
        <Stack>
          {calls.map(({ id, curl }) => (
            <div key={id}>
              <Text lang="en" size="sm" mb={4}>
                {OPERATIONS[id].summary}
              </Text>
              <CodeBlock code={curl} what={id} />
            </div>
          ))}
          <Text size="sm">{t("parts.apiCall.hint")}</Text>
        </Stack>
      </Modal>
    </>
  );
}
