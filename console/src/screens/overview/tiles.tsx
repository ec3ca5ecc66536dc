/** The numbers at the top of the overview: how much, how well, how fast, and what waits. */
import { Anchor, Paper, SimpleGrid, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { useNow } from "../../parts/now.ts";
import { countText, shareText } from "../../parts/quantities.ts";
import { Loaded } from "../../parts/states.tsx";
import { useStats } from "../../parts/stats_query.ts";
import type { Stats } from "../../parts/stats_series.ts";
import { durationText } from "../../parts/time_text.tsx";
import { useTenant } from "../../tenant.ts";
import { finalRate } from "./attention.ts";
import classes from "./overview.module.css";

/** For the range of the address. */
export function Tiles() {
  const query = useStats(null);
  return (
    <Loaded query={query} lines={4}>
      {(stats) => <Shown stats={stats} />}
    </Loaded>
  );
}

function Shown({ stats }: { stats: Stats }) {
  const t = useT();
  const locale = useLocale();
  const now = useNow();
  const tenant = useTenant();
  const { totals, pending } = stats;
  const range = { from: stats.from, to: stats.to };
  const events = (search: Record<string, string>, text: string): ReactNode => (
    <Anchor component={Link} to="/a/$appId/$appEnv/events" params={tenant as never} search={search as never} inherit>
      {text}
    </Anchor>
  );
  const duration = (ms: number | undefined): string => (ms === undefined ? "–" : durationText(ms, locale));
  const oldestMs = pending.oldestAt === null ? null : Math.max(0, now - Date.parse(pending.oldestAt));
  const { latency, queued } = totals;
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3, lg: 6 }} spacing="sm" my={0}>
      <Tile label={t("overview.events")} hint={t("overview.events.hint")}>
        {totals.created === 0 ? countText(0, locale) : events(range, countText(totals.created, locale))}
      </Tile>
      <FinalRate stats={stats} />
      <Tile label={t("overview.firstRate")} hint={t("overview.firstRate.hint")}>
        {shareText(totals.firstAttemptSuccess, totals.firstAttempts, locale) ?? "–"}
      </Tile>
      <Tile
        label={t("overview.pending")}
        hint={
          oldestMs === null ? t("overview.pending.none") : t("overview.pending.oldest", { age: duration(oldestMs) })
        }
      >
        {pending.count === 0 ? countText(0, locale) : events({ filter: "pending" }, countText(pending.count, locale))}
      </Tile>
      <Tile label={t("overview.queued")} hint={t("overview.queued.hint")}>
        {duration(queued?.p95)}
      </Tile>
      <Tile
        label={t("overview.latency")}
        hint={t("overview.latency.hint", { p95: duration(latency?.p95), p99: duration(latency?.p99) })}
      >
        {duration(latency?.p50)}
      </Tile>
    </SimpleGrid>
  );
}

/** Of the events of the range, the share that has passed in the end. */
function FinalRate({ stats }: { stats: Stats }) {
  const t = useT();
  const locale = useLocale();
  const tenant = useTenant();
  const { from, to } = stats;
  const { data } = useQuery({
    queryKey: ["events", tenant.appId, tenant.appEnv, "outcomes", from, to, stats.totals.created],
    queryFn: async ({ signal }) => {
      const query = { from, to, test: "false", limit: 1 } as const;
      const [failed, pending] = await Promise.all([
        call("listEvents", { path: tenant, query: { ...query, filter: "FAILED" }, signal }),
        call("listEvents", { path: tenant, query: { ...query, filter: "PENDING" }, signal }),
      ]);
      return {
        failed: failed.searchData.total,
        failedIsAtLeast: failed.searchData.totalIsAtLeast === true,
        pending: pending.searchData.total,
      };
    },
    placeholderData: keepPreviousData,
  });
  const final = data === undefined ? null : finalRate({ created: stats.totals.created, ...data });
  const text = final === null ? "–" : (shareText(final.rate, 1, locale) ?? "–");
  return (
    <Tile label={t("overview.finalRate")} hint={t("overview.finalRate.hint")}>
      {final?.isAtMost === true ? t("overview.atMost", { value: text }) : text}
    </Tile>
  );
}

function Tile({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <Paper withBorder p="sm" className={classes["tile"]}>
      <Text component="dt" size="sm">
        {label}
      </Text>
      <dd className={classes["value"]}>{children}</dd>
      <Text component="dd" size="xs" m={0}>
        {hint}
      </Text>
    </Paper>
  );
}
