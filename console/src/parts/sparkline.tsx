/** A small bar chart of passed and failed attempts, for a row of a list. */
import { useT } from "../i18n/i18n.ts";
import classes from "./sparkline.module.css";

/** The counts of one bar. */
type Bar = { at: string; success: number; failed: number };

const HEIGHT = 24;
const BAR_WIDTH = 4;

/** Failed on top of passed; an image with a sentence for screen readers. */
export function Sparkline({ points }: { points: readonly Bar[] }) {
  const t = useT();
  const highest = Math.max(1, ...points.map(({ success, failed }) => success + failed));
  const sum = (measure: "success" | "failed"): number => points.reduce((total, point) => total + point[measure], 0);
  const label = t("parts.sparkline", { success: sum("success"), failed: sum("failed") });
  return (
    <svg
      className={classes["chart"]}
      width={points.length * BAR_WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${Math.max(1, points.length) * BAR_WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      {points.map(({ at, success, failed }, index) => {
        const passedHeight = (success / highest) * HEIGHT;
        const failedHeight = (failed / highest) * HEIGHT;
        const x = index * BAR_WIDTH;
        return (
          <g key={at}>
            <rect
              className={classes["passed"]}
              x={x}
              y={HEIGHT - passedHeight}
              width={BAR_WIDTH - 1}
              height={passedHeight}
            />
            <rect
              className={classes["failed"]}
              x={x}
              y={HEIGHT - passedHeight - failedHeight}
              width={BAR_WIDTH - 1}
              height={failedHeight}
            />
          </g>
        );
      })}
    </svg>
  );
}
