/** The results as a chart: for each load the rate of deliveries as a share of the relay's, a bar for each form of the server. */
import type { Results, ScenarioResult } from "./results.ts";

/** What is drawn of a scenario. */
const FIGURE = "delivered";
const REFERENCE = "relay";
const SUBJECTS = ["sqlite", "postgres", "postgres, 2 processes"];
/** Of the bars in the order of the subjects: told apart by people of every colour vision, on white and on black. */
const COLOURS = ["#2f7fd1", "#d98324", "#8a5fc0"];

const WIDTH = 760;
const LABEL_WIDTH = 110;
const VALUE_WIDTH = 50;
const TOP = 64;
const BAR = 16;
const GAP = 14;
const BOTTOM = 34;
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .small { font-size: 12px }
  .line { stroke: #999; stroke-width: 1 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } }`;

type Group = { name: string; bars: readonly { colour: string; ratio: number }[] };

/** The chart as SVG; null when no scenario has anything to draw. */
export function chartOf({ scenarios, version }: Results): string | null {
  const groups = Object.entries(scenarios).flatMap(([name, result]) => groupOf(name, result));
  if (groups.length === 0) return null;
  const largest = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)));
  const pxPerRatio = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / largest;
  const parts: string[] = [];
  let y = TOP;
  for (const group of groups) {
    const height = group.bars.length * BAR;
    parts.push(text(LABEL_WIDTH - 10, y + height / 2 + 4, group.name, `text-anchor="end"`));
    for (const { colour, ratio } of group.bars) {
      const width = Math.max(1, ratio * pxPerRatio);
      parts.push(
        `<rect x="${LABEL_WIDTH}" y="${y}" width="${px(width)}" height="${BAR - 2}" rx="2" fill="${colour}"/>`,
      );
      parts.push(text(LABEL_WIDTH + width + 6, y + BAR - 5, ratio.toFixed(2), `class="small"`));
      y += BAR;
    }
    y += GAP;
  }
  const line = px(LABEL_WIDTH + pxPerRatio);
  const title = "Deliveries a second, as a share of a relay that stores and signs nothing";
  const foot = `Version ${version}; the load and the receiver share the processors; the line is the relay`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + BOTTOM}" role="img" aria-label="${title}">
<style>${STYLE}</style>
${text(10, 20, title, `font-weight="600"`)}
${legend()}
<line class="line" x1="${line}" x2="${line}" y1="${TOP - 8}" y2="${y}" stroke-dasharray="4 3"/>
${parts.join("\n")}
${text(10, y + 18, foot, `class="small"`)}
</svg>
`;
}

/** Nothing where the scenario is not compared with the relay. */
function groupOf(name: string, { figures }: ScenarioResult): Group[] {
  const bars = SUBJECTS.flatMap((subject, at) => {
    const figure = figures.find((each) => each.subject === subject && each.name === FIGURE);
    if (figure === undefined || figure.ratio === null || figure.reference !== REFERENCE) return [];
    return [{ colour: COLOURS[at] ?? "", ratio: figure.ratio }];
  });
  return bars.length === 0 ? [] : [{ name, bars }];
}

function legend(): string {
  let x = 10;
  return SUBJECTS.map((subject, at) => {
    const entry = `<rect x="${x}" y="33" width="12" height="12" rx="2" fill="${COLOURS[at]}"/>${text(x + 18, 44, subject, "")}`;
    x += 18 + subject.length * 7 + 24;
    return entry;
  }).join("\n");
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${px(x)}" y="${px(y)}" ${attributes}>${content}</text>`;
}

/** A tenth of a pixel is fine enough. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
