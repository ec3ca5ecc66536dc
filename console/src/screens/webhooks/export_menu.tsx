/** Saves the rows of the list as a file. */
import { Button, Menu } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { csvText, saveFile } from "../../parts/export_file.ts";
import type { WebhookRow } from "./webhook_list.ts";
import { pendingCount, stateOf } from "./webhook_list.ts";

const HEADER = "id url description state passed24h failed24h p95Ms pending lastStatus lastAt createdAt".split(" ");

/** What the filters let through, as CSV or as one JSON object a line. */
export function ExportMenu({ rows }: { rows: readonly WebhookRow[] }) {
  const t = useT();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs">
          {t("parts.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => saveFile("webhooks.csv", "text/csv", csvText(HEADER, rows.map(csvRow)))}>
          {t("parts.export.csv")}
        </Menu.Item>
        <Menu.Item onClick={() => saveFile("webhooks.ndjson", "application/x-ndjson", rows.map(jsonLine).join(""))}>
          {t("parts.export.ndjson")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function csvRow(row: WebhookRow): (string | number | null)[] {
  const { webhook, stats } = row;
  const { totals = null, lastEvent = null } = stats ?? {};
  const facts = [webhook._id, webhook.url, webhook.description, stateOf(webhook)];
  const day = [totals?.success ?? null, totals?.failed ?? null, totals?.latency?.p95 ?? null, pendingCount(row)];
  return [...facts, ...day, lastEvent?.status ?? null, lastEvent?._updatedAt ?? null, webhook._createdAt];
}

function jsonLine({ webhook, stats }: WebhookRow): string {
  return `${JSON.stringify({ ...webhook, last24Hours: stats })}\n`;
}
