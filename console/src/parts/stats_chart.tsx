/**
 * Deliveries over time: volume, success rate, latency or status codes, of one webhook or of all together. Range and view are
 * in the address. Dragging zooms in, a click leads to the events, and everything is there as a table, too.
 */
import { Anchor, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconTable, IconZoomOut } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useT } from "../i18n/i18n.ts";
import { useTenant } from "../tenant.ts";
import { say } from "./announce.ts";
import { ApiCallButton } from "./api_call_button.tsx";
import { labelText } from "./label_text.ts";
import { useSearchChange } from "./search_change.ts";
import { Empty, Loaded, LoadingBlock } from "./states.tsx";
import { CHART_VIEWS } from "./stats_chart_search.ts";
import { useChartSearch, useMarkers, useStats, useStatsRange } from "./stats_query.ts";
import type { ChartRow, Marker, Stats } from "./stats_series.ts";
import { chartRows, isBusy, spanOf } from "./stats_series.ts";
import { StatsTable } from "./stats_table.tsx";
import { RelativeTime } from "./time_text.tsx";
import classes from "./stats_chart.module.css";

const StatsPlot = lazy(async () => ({ default: (await import("./stats_plot.tsx")).StatsPlot }));

/** `webhookId`: null for the whole environment of the page. */
export function StatsChart({ webhookId }: { webhookId: string | null }) {
  const t = useT();
  const tenant = useTenant();
  const { chart: view = "volume", as, from, to } = useChartSearch();
  const change = useSearchChange();
  const stats = useStats(webhookId);
  const range = useStatsRange();
  const isZoomed = from !== undefined || to !== undefined;
  return (
    <Stack component="section" gap="sm" aria-label={t("charts.title")}>
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t("charts.view")}
          value={view}
          onChange={(chart) => change({ chart: chart === "volume" ? undefined : chart })}
          data={CHART_VIEWS.map((value) => ({ value, label: t(`charts.view.${value}`) }))}
        />
        <Group gap="xs">
          {isZoomed ? (
            <Button
              variant="default"
              leftSection={<IconZoomOut size={16} stroke={1.6} aria-hidden />}
              onClick={() => change({ from: undefined, to: undefined })}
            >
              {t("charts.zoomOut")}
            </Button>
          ) : null}
          <Button
            variant="default"
            leftSection={<IconTable size={16} stroke={1.6} aria-hidden />}
            aria-pressed={as === "table"}
            onClick={() => change({ as: as === "table" ? undefined : "table" })}
          >
            {t("charts.asTable")}
          </Button>
          {webhookId === null ? (
            <ApiCallButton id="getStats" args={{ path: tenant, query: range }} />
          ) : (
            <ApiCallButton id="getWebhookStats" args={{ path: { webhookId }, query: range }} />
          )}
        </Group>
      </Group>
      <Loaded query={stats} lines={7}>
        {(value) => <Shown stats={value} webhookId={webhookId} />}
      </Loaded>
    </Stack>
  );
}

/** The statistics in the view of the address. */
function Shown({ stats, webhookId }: { stats: Stats; webhookId: string | null }) {
  const t = useT();
  const { chart: view = "volume", as } = useChartSearch();
  const change = useSearchChange();
  const showEvents = useEventsLink(webhookId);
  const markers = useMarkers(webhookId, stats);
  const rows = useMemo(() => chartRows(stats.points), [stats.points]);
  if (!rows.some(isBusy)) {
    return (
      <Empty title={t("charts.empty.title")}>
        <Text>{t("charts.empty.text")}</Text>
      </Empty>
    );
  }
  const pick = (at: string, series: keyof ChartRow | null): void =>
    showEvents(spanOf([at, at], stats.bucketMs), series);
  if (as === "table") return <StatsTable rows={rows} onPick={(at) => pick(at, null)} />;
  return (
    <>
      <Suspense fallback={<LoadingBlock height={300} />}>
        <StatsPlot
          view={view}
          rows={rows}
          bucketMs={stats.bucketMs}
          markers={markers}
          onDrag={(points) => {
            change({ range: undefined, ...spanOf(points, stats.bucketMs) }, { isReplacing: false });
            say(t("charts.zoomedIn"));
          }}
          onPick={pick}
        />
      </Suspense>
      <Text size="xs" visibleFrom="sm">
        {t("charts.hint")}
      </Text>
      <Markers markers={markers} withWebhook={webhookId === null} />
    </>
  );
}

/** What the numbers at the top of the chart stand for. */
function Markers({ markers, withWebhook }: { markers: readonly Marker[]; withWebhook: boolean }) {
  const t = useT();
  const tenant = useTenant();
  if (markers.length === 0) return null;
  return (
    <ol className={classes["markers"]} aria-label={t("charts.markers")}>
      {markers.map(({ id, kind, at, webhookId, actor }, index) => (
        <li key={id}>
          <span className={classes["markerNumber"]}>{index + 1}</span>
          <Text span size="sm">
            {t(`charts.marker.${kind}`, { actor: actor === null ? t("charts.theServer") : labelText(actor) })}
          </Text>
          {withWebhook ? (
            <Anchor
              size="sm"
              className="mono"
              renderRoot={(props) => (
                <Link {...props} to="/a/$appId/$appEnv/webhooks/$webhookId" params={{ ...tenant, webhookId }} />
              )}
            >
              {webhookId}
            </Anchor>
          ) : null}
          <Text span size="sm">
            <RelativeTime at={at} />
          </Text>
        </li>
      ))}
    </ol>
  );
}

/** Leads to the events of a span: those of the series that was clicked, or all. */
function useEventsLink(
  webhookId: string | null,
): (span: { from: string; to: string }, series: keyof ChartRow | null) => void {
  const navigate = useNavigate();
  const { appId, appEnv } = useTenant();
  return (span, series) => {
    const what = { ...span, range: undefined, ...eventsFilter(series) };
    if (webhookId === null) {
      void navigate({ to: "/a/$appId/$appEnv/events", params: { appId, appEnv }, search: what as never });
      return;
    }
    const search = (old: object) => ({ ...old, tab: "events", filter: undefined, code: undefined, ...what });
    void navigate({
      to: "/a/$appId/$appEnv/webhooks/$webhookId",
      params: { appId, appEnv, webhookId },
      search: search as never, // the events tab reads the same entries as the list of all events
      resetScroll: false,
    });
  };
}

function eventsFilter(series: keyof ChartRow | null): { filter?: string; code?: string } {
  switch (series) {
    case "passed":
      return { filter: "passed" };
    case "failed":
    case "none":
      return { filter: "failed" };
    case "2xx":
    case "3xx":
    case "4xx":
    case "5xx":
      return { code: series };
    default:
      return {};
  }
}
