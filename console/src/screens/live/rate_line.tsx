/** How many lines come in, now and over the last minute, and how many came in all. */
import { Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconFilter } from "@tabler/icons-react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { numberFormat } from "../../parts/formatters.ts";
import { useNow } from "../../parts/now.ts";
import { countText } from "../../parts/quantities.ts";
import { RATE_SECONDS } from "./feed_buffer.ts";
import classes from "./live.module.css";
import type { LiveFeed } from "./live_feed.ts";

const HEIGHT = 32;
const STEP = 3;

/** Drawn anew each second; the counts with every frame. */
export function RateLine({ feed: { buffer } }: { feed: LiveFeed }) {
  const t = useT();
  const locale = useLocale();
  const now = useNow();
  const history = buffer.history(now);
  const highest = Math.max(1, ...history);
  const rate = numberFormat(locale, { maximumFractionDigits: 1 }).format(buffer.rate(now));
  const points = history.map((count, index) => `${index * STEP},${HEIGHT - (count / highest) * (HEIGHT - 2) - 1}`);
  const { pending, passed, failed, lost } = buffer.counts;
  const counts = {
    pending: countText(pending, locale),
    passed: countText(passed, locale),
    failed: countText(failed, locale),
  };
  return (
    <Group gap="md" mih={HEIGHT}>
      <svg
        className={classes["rate"]}
        width={RATE_SECONDS * STEP}
        height={HEIGHT}
        viewBox={`0 0 ${(RATE_SECONDS - 1) * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("live.rate.chart", { rate, highest: countText(highest, locale) })}
      >
        <polyline points={points.join(" ")} />
      </svg>
      <Text size="sm" fw={600} className={classes["figures"]}>
        {t("live.rate", { rate })}
      </Text>
      <Text size="sm" className={classes["figures"]}>
        {t("live.counts", counts)}
      </Text>
      {buffer.stride === 1 ? null : (
        <Group gap={4}>
          <IconFilter size={16} stroke={1.6} aria-hidden />
          <Text size="sm">{t("live.sampling", { stride: buffer.stride })}</Text>
        </Group>
      )}
      {lost === 0 ? null : (
        <Group gap={4}>
          <IconAlertTriangle size={16} stroke={1.6} aria-hidden />
          <Text size="sm">{t("live.lost", { count: lost })}</Text>
        </Group>
      )}
    </Group>
  );
}
