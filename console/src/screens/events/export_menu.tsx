/** Saves the events of the filter as CSV or NDJSON: with its progress, a way to cancel, and a notice where it was cut. */
import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useRef, useState } from "react";
import { callText } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import type { ExportForm } from "../../parts/export_button.tsx";
import { EXPORT_TYPES, ExportButton } from "../../parts/export_button.tsx";
import { saveFile } from "../../parts/export_file.ts";
import { EXPORTED_PAGE_ROWS } from "../../parts/paged_rows.ts";
import { countText } from "../../parts/quantities.ts";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useTenant } from "../../tenant.ts";
import type { EventsQuery } from "./events_filter.ts";
import { EXPORT_ROWS_MAX, exportRows } from "./export_rows.ts";

/** `total` is how many events there are, null where that is not known. */
export function ExportMenu({
  webhookId,
  query,
  total,
}: {
  webhookId: string | null;
  query: EventsQuery;
  total: number | null;
}) {
  const t = useT();
  const locale = useLocale();
  const tenant = useTenant();
  const running = useRef<AbortController | null>(null);
  const [count, setCount] = useState<number | null>(null);

  const readText = (cursor: string | null, signal: AbortSignal): Promise<string> => {
    const { webhookId: ofOne, ...rest } = {
      ...query,
      limit: EXPORTED_PAGE_ROWS,
      ...(cursor === null ? null : { cursor }),
    };
    if (webhookId !== null) return callText("listWebhookEvents", { path: { webhookId }, query: rest, signal });
    const all = ofOne === undefined ? rest : { ...rest, webhookId: ofOne };
    return callText("listEvents", { path: tenant, query: all, signal });
  };
  const run = async (form: ExportForm) => {
    const { signal } = (running.current = new AbortController());
    setCount(0);
    try {
      const read = (cursor: string | null): Promise<string> => readText(cursor, signal);
      const exported = await exportRows(form, { readText: read, onProgress: setCount, signal });
      const name = `events-${tenant.appEnv.toLowerCase()}-${new Date().toISOString().slice(0, 10)}.${form}`;
      saveFile(name, EXPORT_TYPES[form], exported.parts);
      const values = { count: exported.count, max: countText(EXPORT_ROWS_MAX, locale) };
      toastDone(t(exported.isCut ? "events.export.cut" : "events.export.done", values));
    } catch (error) {
      if (!signal.aborted) toastProblem(t, error);
    } finally {
      setCount(null);
    }
  };
  const cancel = (): void => running.current?.abort();
  const expected = Math.min(total ?? 0, EXPORT_ROWS_MAX);
  return (
    <>
      <ExportButton isBusy={count !== null} onSave={(form) => void run(form)} />
      <Modal
        opened={count !== null}
        onClose={cancel}
        title={t("events.export.title")}
        closeButtonProps={{ "aria-label": t("parts.cancel") }}
      >
        <Stack>
          <Text role="status">{t("events.export.progress", { count: count ?? 0 })}</Text>
          <Progress
            value={expected === 0 ? 0 : Math.min(100, ((count ?? 0) / expected) * 100)}
            aria-label={t("events.export.title")}
          />
          {total !== null && total > EXPORT_ROWS_MAX ? (
            <Alert color="yellow">{t("events.export.bound", { max: countText(EXPORT_ROWS_MAX, locale) })}</Alert>
          ) : null}
          <Group justify="end">
            <Button variant="default" onClick={cancel}>
              {t("parts.cancel")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
