/** The live feed of the page: it lives as long as the page shows its environment. */
import { useEffect, useRef, useState } from "react";
import { useSession } from "../../session.ts";
import type { TenantPath } from "../../tenant.ts";
import type { FeedRow } from "./feed_row.ts";
import { LiveFeed } from "./live_feed.ts";
import type { LiveFilter } from "./live_search.ts";

/** Null until the page is shown. A new filter is put in force; a new session lets the feed try again at once. */
export function useLiveFeed(
  { appId, appEnv }: TenantPath,
  filter: LiveFilter,
  onFailures: (rows: readonly FeedRow[]) => void,
): LiveFeed | null {
  const [feed, setFeed] = useState<LiveFeed | null>(null);
  const latest = useRef({ filter, onFailures });
  useEffect(() => {
    latest.current = { filter, onFailures };
    feed?.setFilter(filter);
  });
  useEffect(() => {
    const made = new LiveFeed({ appId, appEnv }, latest.current.filter, (rows) => latest.current.onFailures(rows));
    setFeed(made);
    return () => made.close();
  }, [appId, appEnv]);
  const sessionAt = useSession()?._createdAt;
  useEffect(() => {
    if (sessionAt !== undefined) feed?.retry();
  }, [feed, sessionAt]);
  return feed;
}
