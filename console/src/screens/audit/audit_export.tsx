/** Saves the entries of the present filter as CSV or NDJSON, page by page. */
import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import type { Query } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { csvText, saveFile } from "../../parts/export_file.ts";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import type { TenantPath } from "../../tenant.ts";
import type { AuditEntry } from "./audit_entry.tsx";

/** A file beyond it is asked of the API, not of a browser. */
const ENTRIES_MAX = 50_000;
const HEADER = ["at", "action", "actor", "actorKind", "keyId", "ip", "targetKind", "targetId", "requestId", "hash"];

/** The button with its two forms. */
export function AuditExport({ tenant, filter }: { tenant: TenantPath; filter: Query<"listAuditLog"> }) {
  const t = useT();
  const [isBusy, setBusy] = useState(false);
  const save = async (form: "csv" | "ndjson") => {
    setBusy(true);
    try {
      const entries = await readAll(tenant, filter);
      const name = `audit-log-${tenant.appEnv.toLowerCase()}.${form}`;
      if (form === "csv") saveFile(name, "text/csv", csvText(HEADER, entries.map(cellsOf)));
      else saveFile(name, "application/x-ndjson", entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      if (entries.length >= ENTRIES_MAX) toastDone(t("audit.export.limit", { count: ENTRIES_MAX }));
    } catch (error) {
      toastProblem(t, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" loading={isBusy}>
          {t("parts.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save("csv")}>{t("parts.export.csv")}</Menu.Item>
        <Menu.Item onClick={() => void save("ndjson")}>{t("parts.export.ndjson")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

async function readAll(tenant: TenantPath, filter: Query<"listAuditLog">): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let cursor: string | null = null;
  do {
    const query: Query<"listAuditLog"> = { ...filter, limit: 100 };
    if (cursor !== null) query.cursor = cursor;
    const page = await call("listAuditLog", { path: tenant, query });
    entries.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && entries.length < ENTRIES_MAX);
  return entries;
}

function cellsOf({ at, action, actor, target, requestId, hash }: AuditEntry): (string | null)[] {
  return [at, action, actor.name, actor.kind, actor.keyId, actor.ip, target.kind, target.id, requestId, hash];
}
