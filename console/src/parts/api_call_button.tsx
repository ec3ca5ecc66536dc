/** "API call": the documented call behind a view or a button, as a cURL command to copy. */
import { Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconApi } from "@tabler/icons-react";
import type { CallArguments, OperationId } from "../api/client.ts";
import { curlOf } from "../api/curl.ts";
import { OPERATIONS } from "../api/operations.ts";
import { useT } from "../i18n/i18n.ts";
import { CodeBlock } from "./code_block.tsx";

/** `args` are what the view or the button sends. */
export function ApiCallButton<Id extends OperationId>({ id, args }: { id: Id; args: CallArguments<Id> }) {
  const t = useT();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconApi size={16} stroke={1.6} aria-hidden />} onClick={open}>
        {t("parts.apiCall")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="lg"
        title={t("parts.apiCall.title")}
        closeButtonProps={{ "aria-label": t("parts.close") }}
      >
        <Stack>
          <Text lang="en">{OPERATIONS[id].summary}</Text>
          <CodeBlock code={curlOf(id, args, location.origin)} what={t("parts.apiCall")} />
          <Text size="sm">{t("parts.apiCall.hint")}</Text>
        </Stack>
      </Modal>
    </>
  );
}
