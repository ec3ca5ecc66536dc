/** When an event that fails now would be tried again, as a dated list. */
import { List, Text } from "@mantine/core";
import { useLocale, useT } from "../i18n/i18n.ts";
import { useNow } from "./now.ts";
import { retryPlan } from "./retry_plan.ts";
import { durationText } from "./time_text.tsx";
import { useTimeFormat } from "./time_zone.ts";

/** `steps` in ms. An empty schedule says that events are resent by hand alone. */
export function RetryPreview({ steps }: { steps: readonly number[] }) {
  const t = useT();
  const locale = useLocale();
  const startAt = useNow(60_000);
  const timeText = useTimeFormat({ dateStyle: "medium", timeStyle: "medium" });
  if (steps.length === 0) return <Text size="sm">{t("retries.none")}</Text>;
  const plan = retryPlan(steps, startAt);
  const last = plan.at(-1);
  return (
    <>
      <Text size="sm">{t("retries.intro", { at: timeText(new Date(startAt)) })}</Text>
      <List type="ordered" size="sm" my="xs">
        {plan.map(({ number, stepMs, at }) => (
          <List.Item key={number}>
            {t("retries.step", { wait: durationText(stepMs, locale), at: timeText(new Date(at)) })}
          </List.Item>
        ))}
      </List>
      <Text size="sm">{t("retries.outro", { spread: 20, latest: timeText(new Date(last?.latestAt ?? startAt)) })}</Text>
    </>
  );
}
