/** Asks before something is done that cannot be undone; in PRODUCTION a text has to be typed. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import { useT } from "../i18n/i18n.ts";

/** `typed`: what has to be typed first, such as the host of a webhook; null asks for the button alone. */
export function ConfirmDialog({
  isOpen,
  title,
  action,
  typed,
  isBusy = false,
  onConfirm,
  onClose,
  children,
}: {
  isOpen: boolean;
  title: string;
  action: string;
  typed: string | null;
  isBusy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useT();
  const [text, setText] = useState("");
  const close = (): void => {
    setText("");
    onClose();
  };
  return (
    <Modal opened={isOpen} onClose={close} title={title} closeButtonProps={{ "aria-label": t("parts.close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // A form around this dialog would take the submission for its own.
          event.stopPropagation();
          setText("");
          onConfirm();
        }}
      >
        <Stack>
          {children}
          {typed === null ? null : (
            <TextInput
              label={t("parts.typeToConfirm", { text: typed })}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          <Group justify="end">
            <Button variant="default" onClick={close}>
              {t("parts.cancel")}
            </Button>
            <Button type="submit" color="red" loading={isBusy} disabled={typed !== null && text !== typed}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
