/** "API call": the documented call behind a view or a button, as a cURL command to copy. */
import { Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconApi } from "@tabler/icons-react";
import type { CallArguments, OperationId } from "../api/client.ts";
import { curlOf } from "../api/curl.ts";
import { OPERATIONS } from "../api/operations.ts";
import { useT } from "../i18n/i18n.ts";
import { CodeBlock } from "./code_block.tsx";

const NONE: readonly ApiCall[] = [];

/** A call with what it takes. */
export type ApiCall = { [Id in OperationId]: { id: Id; args: CallArguments<Id> } }[OperationId];

/** `args` are what the view or the button sends; `also` are the calls of the view's other buttons. */
export function ApiCallButton<Id extends OperationId>({
  id,
  args,
  also = NONE,
}: {
  id: Id;
  args: CallArguments<Id>;
  also?: readonly ApiCall[];
}) {
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
          {[{ id, args }, ...also].map((each) => (
            <Stack key={each.id} gap="xs">
              <Text lang="en">{OPERATIONS[each.id].summary}</Text>
              <CodeBlock code={curlOf(each.id, each.args, location.origin)} what={OPERATIONS[each.id].summary} />
            </Stack>
          ))}
          <Text size="sm">{t("parts.apiCall.hint")}</Text>
        </Stack>
      </Modal>
    </>
  );
}
