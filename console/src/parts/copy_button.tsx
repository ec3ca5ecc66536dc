/** Copies a text, says so politely, and never shows what it copies unless that is on the page anyway. */
import { ActionIcon, CopyButton as Clipboard, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useT } from "../i18n/i18n.ts";
import { say } from "./announce.ts";

/** `what` names the text for people, such as "Event id". */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const t = useT();
  return (
    <Clipboard value={value} timeout={1_500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t("parts.copied") : t("parts.copyNamed", { what })}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t("parts.copyNamed", { what })}
            onClick={(event) => {
              event.stopPropagation();
              copy();
              say(t("parts.copiedNamed", { what }));
            }}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </Clipboard>
  );
}
