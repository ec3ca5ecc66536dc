/** How far a job is: a bar, and the same in words and numbers. */
import { Group, Stack, Text } from "@mantine/core";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { countText, shareText } from "../../parts/quantities.ts";
import classes from "./jobs.module.css";
import type { Job } from "./job_reads.ts";
import { outcomesLeft } from "./job_reads.ts";

/** The parts of the bar, from its beginning. */
const PARTS = ["passed", "failed", "underWay", "skipped", "left"] as const;

/** The bar with its legend. */
export function JobProgress({ job }: { job: Job }) {
  const t = useT();
  const locale = useLocale();
  const text = useProgressText();
  const { total, processed, passed, failed, skipped } = job;
  const counts = { passed, failed, skipped, underWay: outcomesLeft(job), left: Math.max(0, total - processed) };
  const shown = PARTS.filter((part) => counts[part] > 0 || part === "passed" || part === "failed");
  return (
    <Stack gap="xs">
      <Text fw={600} className={classes["figures"]}>
        {text(job)}
      </Text>
      <ProgressBar job={job} />
      <Group gap="md" component="ul" className={classes["legend"]}>
        {shown.map((part) => (
          <li key={part}>
            <span className={classes["swatch"]} data-part={part} aria-hidden />
            {t(`jobs.part.${part}`, { count: countText(counts[part], locale) })}
          </li>
        ))}
      </Group>
      {skipped === 0 ? null : <Text size="sm">{t("jobs.part.skipped.hint")}</Text>}
    </Stack>
  );
}

/** The bar alone. */
export function ProgressBar({ job }: { job: Job }) {
  const t = useT();
  const text = useProgressText();
  const { total, processed, passed, failed, skipped } = job;
  const widths = { passed, failed, underWay: outcomesLeft(job), skipped };
  return (
    <div
      className={classes["bar"]}
      role="progressbar"
      aria-label={t("jobs.progress")}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, total)}
      aria-valuenow={total === 0 ? 1 : processed}
      aria-valuetext={text(job)}
    >
      {(["passed", "failed", "underWay", "skipped"] as const).map((part) => (
        <div key={part} data-part={part} style={{ width: `${(widths[part] / Math.max(1, total)) * 100}%` }} />
      ))}
    </div>
  );
}

/** "250 of 1,000 (25%)". */
export function useProgressText(): (job: Pick<Job, "processed" | "total">) => string {
  const t = useT();
  const locale = useLocale();
  return ({ processed, total }) => {
    const share = shareText(processed, total, locale);
    if (share === null) return t("jobs.progress.nothing");
    return t("jobs.progress.text", { processed: countText(processed, locale), total: countText(total, locale), share });
  };
}
