/** How the series of the statistics chart look: each differs by colour and by pattern or dashes, never by colour alone. */
import type { MessageId } from "../i18n/i18n.ts";
import type { ChartView } from "./stats_chart_search.ts";
import type { ChartRow } from "./stats_series.ts";

type Pattern = "solid" | "hatch" | "dots" | "cross" | "bars";

/** One series. Bars are stacked in this order, from below; `dash` is of lines. */
export type Series = {
  key: keyof ChartRow;
  label: MessageId;
  /** A custom property of the chart's style sheet. */
  color: string;
  form: { kind: "bar"; pattern: Pattern } | { kind: "line"; dash: string };
};

/** The series of each view. */
export const SERIES: Record<ChartView, readonly Series[]> = {
  volume: [bar("passed", "charts.passed", "green", "solid"), bar("failed", "charts.failed", "red", "hatch")],
  success: [
    line("successRate", "charts.successRate", "green", ""),
    line("firstRate", "charts.firstRate", "blue", "7 4"),
  ],
  latency: [
    line("p50", "charts.p50", "green", ""),
    line("p95", "charts.p95", "orange", "7 4"),
    line("p99", "charts.p99", "red", "2 3"),
  ],
  codes: [
    bar("2xx", "charts.2xx", "green", "solid"),
    bar("3xx", "charts.3xx", "blue", "dots"),
    bar("4xx", "charts.4xx", "orange", "hatch"),
    bar("5xx", "charts.5xx", "red", "cross"),
    bar("none", "charts.none", "gray", "bars"),
  ],
};

function bar(key: keyof ChartRow, label: MessageId, color: string, pattern: Pattern): Series {
  return { key, label, color: `var(--chart-${color})`, form: { kind: "bar", pattern } };
}

function line(key: keyof ChartRow, label: MessageId, color: string, dash: string): Series {
  return { key, label, color: `var(--chart-${color})`, form: { kind: "line", dash } };
}

/** The fill of a bar. `scope` keeps the ids of two charts of a page apart. */
export function fillOf({ key, color, form }: Series, scope: string): string {
  return form.kind === "bar" && form.pattern !== "solid" ? `url(#${scope}-${key})` : color;
}

/** The patterns that {@link fillOf} names, for the inside of an SVG. */
export function PatternDefinitions({ series, scope }: { series: readonly Series[]; scope: string }) {
  return (
    <defs>
      {series.map(({ key, color, form }) =>
        form.kind === "line" || form.pattern === "solid" ? null : (
          <pattern key={key} id={`${scope}-${key}`} width={8} height={8} patternUnits="userSpaceOnUse">
            <rect width={8} height={8} fill={color} fillOpacity={0.35} />
            <PatternStrokes pattern={form.pattern} color={color} />
          </pattern>
        ),
      )}
    </defs>
  );
}

function PatternStrokes({ pattern, color }: { pattern: Pattern; color: string }) {
  const stroke = { stroke: color, strokeWidth: 2 };
  switch (pattern) {
    case "hatch":
      return <path d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6" {...stroke} />;
    case "cross":
      return <path d="M0 8 L8 0 M0 0 L8 8" {...stroke} />;
    case "bars":
      return <path d="M2 0 V8 M6 0 V8" {...stroke} />;
    case "dots":
      return (
        <>
          <circle cx={2} cy={2} r={1.5} fill={color} />
          <circle cx={6} cy={6} r={1.5} fill={color} />
        </>
      );
    case "solid":
      return null;
  }
}

/** A small sample of a series, for the legend and the tooltip. */
export function Swatch({ series, scope }: { series: Series; scope: string }) {
  const { color, form } = series;
  return (
    <svg width={22} height={12} aria-hidden>
      {form.kind === "line" ? (
        <line x1={0} y1={6} x2={22} y2={6} stroke={color} strokeWidth={2.5} strokeDasharray={form.dash} />
      ) : (
        <rect width={22} height={12} fill={fillOf(series, scope)} stroke={color} />
      )}
    </svg>
  );
}
