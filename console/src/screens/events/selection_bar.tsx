/** What can be done with the rows that are selected, or with everything that the filter shows. */
import { Button, Group, Paper, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { lazy, useState } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { LateDialog } from "../../parts/late_dialog.tsx";
import { countText } from "../../parts/quantities.ts";
import type { EventsQuery } from "./events_filter.ts";

const BulkResendDialog = lazy(async () => ({
  default: (await import("../jobs/bulk_resend_dialog.tsx")).BulkResendDialog,
}));

/** `matching` is how many events the filter shows, null where that is not known; `isAtLeast`: there are more. */
export function SelectionBar({
  webhookId,
  query,
  selected,
  matching,
  isAtLeast,
  onClear,
}: {
  webhookId: string | null;
  query: EventsQuery;
  selected: ReadonlySet<string>;
  matching: number | null;
  isAtLeast: boolean;
  onClear: () => void;
}) {
  const t = useT();
  const locale = useLocale();
  const [asked, setAsked] = useState<"selected" | "matching" | null>(null);
  const count = `${isAtLeast ? "> " : ""}${countText(matching ?? 0, locale)}`;
  return (
    <>
      {selected.size === 0 ? null : (
        <Paper withBorder p="xs" role="region" aria-label={t("events.selection")}>
          <Group gap="sm">
            <Text size="sm" fw={600} role="status">
              {t("parts.selected", { count: selected.size })}
            </Text>
            <Button size="xs" leftSection={<IconRefresh size={14} aria-hidden />} onClick={() => setAsked("selected")}>
              {t("events.selection.resend", { count: selected.size })}
            </Button>
            {matching !== null && matching > selected.size ? (
              <Button size="xs" variant="default" onClick={() => setAsked("matching")}>
                {t("events.selection.resendAll", { count })}
              </Button>
            ) : null}
            <Button size="xs" variant="subtle" onClick={onClear}>
              {t("parts.clearSelection")}
            </Button>
          </Group>
        </Paper>
      )}
      <LateDialog isOpen={asked !== null}>
        <BulkResendDialog
          webhookId={webhookId}
          filter={query}
          isOpen
          onClose={() => setAsked(null)}
          {...(asked === "selected" ? { eventIds: [...selected] } : null)}
        />
      </LateDialog>
    </>
  );
}
