/** Copies a text, says so politely, and never shows what it copies unless that is on the page anyway. */
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useT } from "../i18n/i18n.ts";
import { say } from "./announce.ts";
import { useHint } from "./hint.tsx";
import { RowIconButton } from "./row_controls.tsx";

/** `what` names the text for people, such as "Event id". */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const t = useT();
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  const name = t("parts.copyNamed", { what });
  const { target, hint } = useHint(() => (copied ? t("parts.copied") : name));
  return (
    <>
      <RowIconButton
        label={name}
        hint={target}
        onClick={(event) => {
          event.stopPropagation();
          copy(value);
          say(t("parts.copiedNamed", { what }));
        }}
      >
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </RowIconButton>
      {hint}
    </>
  );
}
