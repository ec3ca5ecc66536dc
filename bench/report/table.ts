/** The results as a table for people: a row for each figure, with its ratios. */
import type { Figure } from "../measure/figures.ts";
import type { Machine } from "../measure/machine.ts";
import type { ScenarioResult } from "./results.ts";

/** The table of one scenario; `before`: the same scenario of the previous release. */
export function tableOf(name: string, result: ScenarioResult, before: ScenarioResult | undefined): string {
  const rows = result.figures.map((figure) => [
    figure.subject,
    figure.name,
    `${shown(figure.median)} ${figure.unit}`,
    figure.ratio === null ? "" : `${figure.ratio.toFixed(2)} × ${figure.reference}`,
    changeOf(figure, before),
  ]);
  const head = ["", "", "median", "ratio", before === undefined ? "" : "ratio before"];
  const others = result.othersCores;
  const load =
    others === null ? "" : ` (others used ${others.median.toFixed(2)} processors, ${others.most.toFixed(2)} at most)`;
  const from = before === undefined ? "" : `\n  ratio before: on ${machineText(before.machine)}`;
  const title = `${name}: ${result.about}${load}${from}`;
  return `\n${title}\n${aligned([head, ...rows])}`;
}

/** One line about what is measured, and on what. */
export function machineLine({ machine, version }: { machine: Machine; version: string }): string {
  return `version ${version}, ${machineText(machine)}`;
}

/** Shares of the relay differ between machines: no ratio says anything without its own. */
function machineText({ processors, model, memoryGiB, node, kernel, fsyncMs }: Machine): string {
  const disk = `an fsync takes ${fsyncMs.toFixed(2)} ms`;
  return `${processors} × ${model}, ${memoryGiB} GiB, ${disk}, Node ${node}, Linux ${kernel}`;
}

function changeOf(figure: Figure, before: ScenarioResult | undefined): string {
  const earlier = before?.figures.find(({ subject, name }) => subject === figure.subject && name === figure.name);
  return earlier?.ratio === undefined || earlier.ratio === null ? "" : earlier.ratio.toFixed(2);
}

function shown(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** The first two columns to the left, the rest to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((cells) => `  ${cells.join("  ").trimEnd()}`)
    .join("\n");
}
