/** The button that saves something as a file, with the forms to choose from. */
import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useT } from "../i18n/i18n.ts";

/** CSV, or NDJSON with one object a line. */
export type ExportForm = "csv" | "ndjson";

/** What browsers are told of a file, by its form. */
export const EXPORT_TYPES: Readonly<Record<ExportForm, string>> = { csv: "text/csv", ndjson: "application/x-ndjson" };

/** `isBusy`: a file is on its way already. */
export function ExportButton({ isBusy, onSave }: { isBusy: boolean; onSave: (form: ExportForm) => void }) {
  const t = useT();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" loading={isBusy} leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}>
          {t("parts.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onSave("csv")}>{t("parts.export.csv")}</Menu.Item>
        <Menu.Item onClick={() => onSave("ndjson")}>{t("parts.export.ndjson")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
