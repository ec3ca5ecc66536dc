/** The drawing of the statistics, in a chunk of its own because it needs a library: arrow keys go from point to point. */
import type { MouseEvent } from "react";
import { useId, useRef, useState } from "react";
import type { MouseHandlerDataParam, TooltipContentProps } from "recharts";
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { useLocale, useT } from "../i18n/i18n.ts";
import { numberFormat } from "./formatters.ts";
import { countText } from "./quantities.ts";
import type { ChartView } from "./stats_chart_search.ts";
import type { Series } from "./stats_looks.tsx";
import { fillOf, PatternDefinitions, SERIES, Swatch } from "./stats_looks.tsx";
import type { ChartRow, Marker } from "./stats_series.ts";
import { durationText } from "./time_text.tsx";
import { useTimeFormat } from "./time_zone.ts";
import classes from "./stats_chart.module.css";

type StatsPlotProps = {
  view: ChartView;
  rows: ChartRow[];
  bucketMs: number;
  markers: readonly Marker[];
  /** Two points were dragged over; in any order. */
  onDrag: (points: readonly [string, string]) => void;
  /** A point was clicked, or a bar of it. */
  onPick: (at: string, series: Series["key"] | null) => void;
};

const HEIGHT = 280;
const DAY_MS = 86_400_000;

/** The chart of one view with its legend. */
export function StatsPlot({ view, rows, bucketMs, markers, onDrag, onPick }: StatsPlotProps) {
  const t = useT();
  const locale = useLocale();
  const scope = useId();
  const series = SERIES[view];
  const areBars = series[0]?.form.kind === "bar";
  const drag = useDrag(onDrag);
  const tick = useTimeFormat(tickFormat(rows, bucketMs));
  const valueText = useValueText(view);
  const pickPoint = ({ activeLabel }: MouseHandlerDataParam): void => {
    if (!areBars && !drag.wasDragged() && typeof activeLabel === "string") onPick(activeLabel, null);
  };
  return (
    <div className={classes["chart"]}>
      <ResponsiveContainer width="100%" height={HEIGHT} initialDimension={{ width: 320, height: HEIGHT }}>
        <ComposedChart
          data={rows}
          accessibilityLayer
          aria-label={t("charts.label", { view: t(`charts.view.${view}`) })}
          margin={{ top: 20, right: 8, bottom: 0, left: 0 }}
          className={classes["clickable"] ?? ""}
          onMouseDown={drag.start}
          onMouseMove={drag.move}
          onMouseUp={drag.end}
          onMouseLeave={drag.cancel}
          onClick={pickPoint}
        >
          <PatternDefinitions series={series} scope={scope} />
          <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
          <XAxis dataKey="at" tickFormatter={(at: string) => tick(new Date(at))} minTickGap={40} tickLine={false} />
          <YAxis
            width={56}
            tickLine={false}
            axisLine={false}
            allowDecimals={view === "success" || view === "latency"}
            domain={view === "success" ? [0, 1] : [0, "auto"]}
            tickFormatter={valueText}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--chart-grid)", fillOpacity: 0.5, stroke: "var(--chart-gray)" }}
            content={<PointTooltip view={view} scope={scope} bucketMs={bucketMs} />}
          />
          {series.map((one) =>
            one.form.kind === "bar" ? (
              <Bar
                key={one.key}
                dataKey={one.key}
                stackId="all"
                fill={fillOf(one, scope)}
                stroke={one.color}
                strokeWidth={0.5}
                isAnimationActive={false}
                onClick={({ payload }) => {
                  const row = payload as ChartRow | undefined; // what was given as `data`
                  if (row !== undefined && !drag.wasDragged()) onPick(row.at, one.key);
                }}
              />
            ) : (
              <Line
                key={one.key}
                dataKey={one.key}
                stroke={one.color}
                strokeWidth={2}
                strokeDasharray={one.form.dash}
                dot={{ r: 2, fill: one.color, strokeDasharray: "none" }}
                connectNulls
                isAnimationActive={false}
              />
            ),
          )}
          {markers.map(({ id, bucketAt }, index) => (
            <ReferenceLine
              key={id}
              x={bucketAt}
              stroke="var(--chart-gray)"
              strokeDasharray="4 3"
              label={{ value: countText(index + 1, locale), position: "top", fontSize: 12 }}
            />
          ))}
          {drag.points === null ? null : (
            <ReferenceArea x1={drag.points[0]} x2={drag.points[1]} fill="var(--chart-blue)" fillOpacity={0.2} />
          )}
        </ComposedChart>
      </ResponsiveContainer>
      <ul className={classes["legend"]} aria-label={t("charts.legend")}>
        {series.map((one) => (
          <li key={one.key}>
            <Swatch series={one} scope={scope} />
            <span>{t(one.label)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What happened at one point; read out, since the arrow keys lead from point to point. */
function PointTooltip({
  active,
  payload,
  label,
  view,
  scope,
  bucketMs,
}: Partial<TooltipContentProps> & { view: ChartView; scope: string; bucketMs: number }) {
  const t = useT();
  const locale = useLocale();
  const exact = useTimeFormat({ dateStyle: "medium", timeStyle: "short" });
  const valueText = useValueText(view);
  const row = payload?.[0]?.payload as ChartRow | undefined; // what was given as `data`
  if (active !== true || row === undefined || typeof label !== "string") return null;
  const shown = SERIES[view].toReversed().filter(({ key }) => typeof row[key] === "number");
  const codes = Object.entries(row.codes).sort(([, a], [, b]) => b - a);
  return (
    <div className={classes["tooltip"]} role="status">
      <strong>{exact(new Date(label))}</strong> · {durationText(bucketMs, locale)}
      <ul>
        {shown.map((one) => (
          <li key={one.key}>
            <Swatch series={one} scope={scope} />
            <span>{t(one.label)}</span>
            <span>{valueText(Number(row[one.key]))}</span>
          </li>
        ))}
        {view === "codes"
          ? codes.map(([code, count]) => (
              <li key={code}>
                <span>{code === "none" ? t("charts.none") : code}</span>
                <span>{countText(count, locale)}</span>
              </li>
            ))
          : null}
      </ul>
      {shown.length === 0 ? t("charts.nothingHere") : null}
    </div>
  );
}

/** Dragging over points with the pressed mouse. A press without a move is a click, and changes nothing on the page. */
function useDrag(onDrag: StatsPlotProps["onDrag"]) {
  const [points, setPoints] = useState<readonly [string, string] | null>(null);
  const pressedAt = useRef<string | null>(null);
  const hasMoved = useRef(false);
  const labelOf = ({ activeLabel }: MouseHandlerDataParam): string | null =>
    typeof activeLabel === "string" ? activeLabel : null;
  const cancel = (): void => {
    pressedAt.current = null;
    setPoints(null);
  };
  return {
    points,
    wasDragged: () => hasMoved.current,
    start: (state: MouseHandlerDataParam, event: MouseEvent<SVGGraphicsElement>) => {
      hasMoved.current = false;
      pressedAt.current = event.button === 0 ? labelOf(state) : null;
    },
    move: (state: MouseHandlerDataParam) => {
      const label = labelOf(state);
      if (pressedAt.current === null || label === null || label === (points?.[1] ?? pressedAt.current)) return;
      hasMoved.current = true;
      setPoints([pressedAt.current, label]);
    },
    end: () => {
      if (points !== null && points[0] !== points[1]) onDrag(points);
      cancel();
    },
    cancel,
  };
}

/** Counts, shares or durations, as the view has them. */
function useValueText(view: ChartView): (value: number) => string {
  const locale = useLocale();
  if (view === "latency") return (ms) => durationText(ms, locale);
  if (view !== "success") return (count) => countText(count, locale);
  const format = numberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  return (share) => format.format(share);
}

/** Times of day where the points are of one day or two, else dates. */
function tickFormat(rows: readonly ChartRow[], bucketMs: number): Intl.DateTimeFormatOptions {
  if (rows.length * bucketMs <= 2 * DAY_MS) return { hour: "2-digit", minute: "2-digit" };
  return { month: "short", day: "numeric" };
}
