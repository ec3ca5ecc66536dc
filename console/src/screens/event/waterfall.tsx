/** The phases of an attempt on a common time line: bars for the eye, names and durations for everybody. */
import { useLocale, useT } from "../../i18n/i18n.ts";
import { durationText } from "../../parts/time_text.tsx";
import type { Attempt } from "./event_model.ts";
import { phasesOf } from "./event_model.ts";
import classes from "./waterfall.module.css";

/** Bars are never too thin to be seen, in percent. */
const WIDTH_MIN = 0.75;

/** A list with a line for each phase that happened. */
export function Waterfall({ attempt }: { attempt: Attempt }) {
  const t = useT();
  const locale = useLocale();
  const { phases, totalMs } = phasesOf(attempt);
  const percent = (ms: number): number => (totalMs === 0 ? 0 : (ms / totalMs) * 100);
  return (
    <ul className={classes["phases"]} aria-label={t("event.phases")}>
      {phases.map(({ name, ms, startMs }) => (
        <li key={name} className={classes["phase"]}>
          <span>{t(`event.phase.${name}`)}</span>
          <span className={classes["track"]} aria-hidden>
            <span
              className={classes["bar"]}
              data-phase={name}
              style={{
                insetInlineStart: `${Math.min(percent(startMs), 100 - WIDTH_MIN)}%`,
                width: `${Math.max(percent(ms), WIDTH_MIN)}%`,
              }}
            />
          </span>
          <span className={classes["ms"]}>{durationText(ms, locale)}</span>
        </li>
      ))}
    </ul>
  );
}
