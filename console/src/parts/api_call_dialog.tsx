/** The documented calls behind a view, each as a command to copy. */
import { Modal, Stack, Text } from "@mantine/core";
import { curlOf } from "../api/curl.ts";
import { OPERATIONS } from "../api/operations.ts";
import { useT } from "../i18n/i18n.ts";
import type { ApiCall } from "./api_call_button.tsx";
import { CodeBlock } from "./code_block.tsx";

/** In the order of `calls`. */
export default function ApiCallDialog({ calls, onClose }: { calls: readonly ApiCall[]; onClose: () => void }) {
  const t = useT();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("parts.apiCall.title")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <Stack>
        {calls.map((each, at) => (
          <Stack key={at} gap="xs">
            <Text lang="en">{OPERATIONS[each.id].summary}</Text>
            <CodeBlock code={curlOf(each.id, each.args, location.origin)} what={OPERATIONS[each.id].summary} />
          </Stack>
        ))}
        <Text size="sm">{t("parts.apiCall.hint")}</Text>
      </Stack>
    </Modal>
  );
}
