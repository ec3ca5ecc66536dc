/** The statistics as a table: every point in which something happened, newest first. */
import { Anchor, Table } from "@mantine/core";
import { useLocale, useT } from "../i18n/i18n.ts";
import { countText, shareText } from "./quantities.ts";
import type { ChartRow } from "./stats_series.ts";
import { isBusy } from "./stats_series.ts";
import { durationText } from "./time_text.tsx";
import { useTimeFormat } from "./time_zone.ts";
import classes from "./stats_chart.module.css";

/** `onPick` leads to the events of a point. */
export function StatsTable({ rows, onPick }: { rows: readonly ChartRow[]; onPick: (at: string) => void }) {
  const t = useT();
  const locale = useLocale();
  const exact = useTimeFormat({ dateStyle: "medium", timeStyle: "short" });
  const count = (value: number): string => countText(value, locale);
  const rate = (value: number | null): string => (value === null ? "–" : (shareText(value, 1, locale) ?? "–"));
  const duration = (ms: number | null): string => (ms === null ? "–" : durationText(ms, locale));
  const codes = (row: ChartRow): string =>
    Object.entries(row.codes)
      .map(([code, times]) => `${code === "none" ? t("charts.none") : code} × ${count(times)}`)
      .join(", ");
  const columns = [
    { header: t("charts.created"), cell: (row: ChartRow) => count(row.created) },
    { header: t("charts.passed"), cell: (row: ChartRow) => count(row.passed) },
    { header: t("charts.failed"), cell: (row: ChartRow) => count(row.failed) },
    { header: t("charts.successRate"), cell: (row: ChartRow) => rate(row.successRate) },
    { header: t("charts.firstRate"), cell: (row: ChartRow) => rate(row.firstRate) },
    { header: t("charts.p50"), cell: (row: ChartRow) => duration(row.p50) },
    { header: t("charts.p95"), cell: (row: ChartRow) => duration(row.p95) },
    { header: t("charts.p99"), cell: (row: ChartRow) => duration(row.p99) },
    { header: t("charts.queuedP95"), cell: (row: ChartRow) => duration(row.queuedP95) },
    { header: t("charts.codes"), cell: codes },
  ];
  return (
    <div className={classes["tableScroller"]} tabIndex={0} role="region" aria-label={t("charts.table")}>
      <Table stickyHeader striped fz="sm">
        <Table.Caption>{t("charts.table.caption")}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("charts.time")}</Table.Th>
            {columns.map(({ header }) => (
              <Table.Th key={header} scope="col">
                {header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows
            .filter(isBusy)
            .toReversed()
            .map((row) => (
              <Table.Tr key={row.at}>
                <Table.Th scope="row">
                  <Anchor component="button" type="button" fz="sm" onClick={() => onPick(row.at)}>
                    {exact(new Date(row.at))}
                  </Anchor>
                </Table.Th>
                {columns.map(({ header, cell }) => (
                  <Table.Td key={header}>{cell(row)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
