/** What is different between two attempts of an event: what was sent, what came back, and how long it took. */
import { prettyJson } from "../../parts/json_format.ts";
import type { Attempt } from "./event_model.ts";
import type { DiffLine } from "./line_diff.ts";
import { lineDiff } from "./line_diff.ts";

/** One part of an attempt. `isSame`: nothing is different in it. */
export type DiffPart = { name: DiffPartName; lines: DiffLine[]; isSame: boolean };
/** The parts, in their order. */
const DIFF_PARTS = ["target", "requestHeaders", "requestBody", "outcome", "responseHeaders", "responseBody"] as const;
/** One of them. */
export type DiffPartName = (typeof DIFF_PARTS)[number];

/** Part by part. JSON is laid out first, so that a changed value is a changed line. */
export function attemptDiff(before: Attempt, after: Attempt): DiffPart[] {
  return DIFF_PARTS.map((name) => {
    const lines = lineDiff(textOf(before, name), textOf(after, name));
    return { name, lines, isSame: lines.every(({ kind }) => kind === "same") };
  });
}

function textOf({ request, response, error, address }: Attempt, name: DiffPartName): string {
  switch (name) {
    case "target":
      return [`POST ${request.url}`, ...(address === undefined ? [] : [address])].join("\n");
    case "requestHeaders":
      return headersText(request.headers);
    case "requestBody":
      return bodyText(request.body ?? "");
    case "outcome": {
      const status = response === undefined ? [] : [`${response.status} ${response.statusText}`];
      return [...status, ...(error === undefined ? [] : [`${error.code}: ${error.message}`])].join("\n");
    }
    case "responseHeaders":
      return headersText(response?.headers ?? []);
    case "responseBody":
      return bodyText(response?.body ?? "");
  }
}

function headersText(headers: readonly (readonly string[])[]): string {
  return headers.map(([name = "", value = ""]) => `${name}: ${value}`).join("\n");
}

function bodyText(body: string): string {
  return prettyJson(body) ?? body;
}
