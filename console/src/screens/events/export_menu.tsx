/** Saves the events of the filter as CSV or NDJSON: with its progress, a way to cancel, and a notice where it was cut. */
import { Alert, Button, Group, Menu, Modal, Progress, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { callText } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { saveFile } from "../../parts/export_file.ts";
import { countText } from "../../parts/quantities.ts";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useTenant } from "../../tenant.ts";
import type { EventsQuery } from "./events_filter.ts";
import { PAGE_ROWS } from "./event_list_reads.ts";
import type { ExportForm } from "./export_rows.ts";
import { EXPORT_ROWS_MAX, exportRows } from "./export_rows.ts";

const TYPES = { csv: "text/csv", ndjson: "application/x-ndjson" } as const;

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
    const { webhookId: ofOne, ...rest } = { ...query, limit: PAGE_ROWS, ...(cursor === null ? null : { cursor }) };
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
      saveFile(name, TYPES[form], exported.parts);
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
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}>
            {t("parts.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void run("csv")}>{t("parts.export.csv")}</Menu.Item>
          <Menu.Item onClick={() => void run("ndjson")}>{t("parts.export.ndjson")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
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
