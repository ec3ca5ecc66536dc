/** The entry of the audit log that the address names: found in the rows that are loaded, or searched for in older ones. */
import { Alert, Button, Group, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import type { AuditEntry } from "./audit_entry.tsx";
import { AuditEntryDrawer } from "./audit_entry.tsx";
import { entrySearch, SEARCH_PAGES } from "./entry_search.ts";

/** A list of entries that is read page by page. */
type Log = {
  data: { pages: readonly { items: readonly AuditEntry[] }[] } | undefined;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isError: boolean;
  fetchNextPage: (options: { cancelRefetch: false }) => Promise<unknown>;
};

/** `log` is what the filter shows; `entryId` is null while no entry is open. */
export function OpenEntry({ log, entryId }: { log: Log; entryId: string | null }) {
  const change = useSearchChange();
  const close = (): void => change({ entry: undefined });
  const entry = log.data?.pages.flatMap(({ items }) => items).find(({ _id }) => _id === entryId) ?? null;
  return (
    <>
      {entryId === null || entry !== null ? null : <Search key={entryId} log={log} entryId={entryId} onEnd={close} />}
      <AuditEntryDrawer entry={entry} onClose={close} />
    </>
  );
}

/** Reads on until the entry is there, and says so meanwhile. */
function Search({ log, entryId, onEnd }: { log: Log; entryId: string; onEnd: () => void }) {
  const t = useT();
  const [pagesMax, setPagesMax] = useState(SEARCH_PAGES);
  const { hasNextPage: hasMore, isFetchingNextPage, isError, fetchNextPage } = log;
  const pages = log.data?.pages.length ?? 0;
  const state = entrySearch({ isFound: false, pages, pagesMax, hasMore });
  const isDue = state === "searching" && pages > 0 && !isFetchingNextPage && !isError;
  useEffect(() => {
    if (isDue) void fetchNextPage({ cancelRefetch: false });
  }, [isDue, fetchNextPage]);
  // What went wrong is said by the list.
  if (state === "found" || isError) return null;
  return (
    <Alert color={state === "searching" ? "blue" : "yellow"} role="status">
      <Group justify="space-between">
        <Text size="sm">{t(`audit.openEntry.${state}`, { id: entryId })}</Text>
        <Group gap="xs">
          {state === "far" ? (
            <Button size="compact-sm" variant="default" onClick={() => setPagesMax(pages + SEARCH_PAGES)}>
              {t("audit.openEntry.goOn")}
            </Button>
          ) : null}
          <Button size="compact-sm" variant="default" onClick={onEnd}>
            {t("audit.openEntry.end")}
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}
