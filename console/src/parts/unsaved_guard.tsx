/** Asks before changes that were not saved are lost: by leaving the page, by another tab of it, or by closing the window. */
import { Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useT } from "../i18n/i18n.ts";
import { ConfirmDialog } from "./confirm_dialog.tsx";

/** Filters and the like in the same page's address are no reason to ask. */
export function UnsavedGuard({ isDirty }: { isDirty: boolean }) {
  const t = useT();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => {
      const tabOf = (search: object): unknown => (search as { tab?: unknown }).tab;
      const isElsewhere = current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search);
      return isDirty && isElsewhere;
    },
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      isOpen={blocker.status === "blocked"}
      title={t("unsaved.title")}
      action={t("unsaved.leave")}
      typed={null}
      onConfirm={() => blocker.proceed?.()}
      onClose={() => blocker.reset?.()}
    >
      <Text>{t("unsaved.text")}</Text>
    </ConfirmDialog>
  );
}
