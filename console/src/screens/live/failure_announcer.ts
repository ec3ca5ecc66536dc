/** Tells screen readers of failures: one sentence every few seconds at most, so that nobody is flooded. */
import { useCallback, useEffect, useRef } from "react";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import type { FeedRow } from "./feed_row.ts";

/** So many ms between two sentences. */
const PAUSE_MS = 5_000;

/** To be called with every failure; silent unless it is switched on. */
export function useFailureAnnouncer(isOn: boolean): (rows: readonly FeedRow[]) => void {
  const t = useT();
  const untold = useRef({ count: 0, last: "" });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  return useCallback(
    (rows) => {
      const row = rows.at(-1);
      if (!isOn || row === undefined) return;
      untold.current = {
        count: untold.current.count + rows.length,
        last: `${row.topic}.${row.action} ${row.code ?? ""}`,
      };
      timer.current ??= setTimeout(() => {
        say(t("live.announced", untold.current));
        untold.current = { count: 0, last: "" };
        timer.current = null;
      }, PAUSE_MS);
    },
    [isOn, t],
  );
}
