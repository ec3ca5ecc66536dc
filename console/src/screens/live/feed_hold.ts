/** Holding the list still: while the feed is paused, and while somebody points at its rows, reads them, has one open or scrolled away. */
import { useCallback, useState } from "react";
import type { KeptRow } from "./feed_buffer.ts";
import type { LiveFeed } from "./live_feed.ts";

/** Why it is held. */
export type HoldReason = "paused" | "pointing" | "reading" | "open" | "scrolled";
/** What is shown meanwhile; `total` is how many lines there had been. Null: the feed runs. */
type Held = { reasons: readonly HoldReason[]; rows: readonly KeptRow[]; total: number };

/** The hold of a list; `newCount` lines have come since. */
export type Hold = {
  held: Held | null;
  newCount: number;
  set: (reason: HoldReason, isOn: boolean) => void;
  /** Shows what has come since, and stays held for the same reasons. */
  renew: () => void;
};

/** Starts running. */
export function useHold(feed: LiveFeed): Hold {
  const [held, setHeld] = useState<Held | null>(null);
  const set = useCallback(
    (reason: HoldReason, isOn: boolean): void => {
      setHeld((old) => {
        const others = (old?.reasons ?? []).filter((each) => each !== reason);
        const reasons = isOn ? [...others, reason] : others;
        if (reasons.length === (old?.reasons.length ?? 0)) return old;
        if (reasons.length === 0) return null;
        return old === null ? { reasons, ...stillOf(feed) } : { ...old, reasons };
      });
    },
    [feed],
  );
  const renew = useCallback((): void => setHeld((old) => (old === null ? null : { ...old, ...stillOf(feed) })), [feed]);
  const newCount = held === null ? 0 : Math.max(0, totalOf(feed) - held.total);
  return { held, newCount, set, renew };
}

function stillOf(feed: LiveFeed): Pick<Held, "rows" | "total"> {
  return { rows: feed.buffer.toArray(), total: totalOf(feed) };
}

function totalOf({ buffer }: LiveFeed): number {
  const { pending, passed, failed } = buffer.counts;
  return pending + passed + failed;
}
