/** The difference between an attempt and the one before it. */
import { Stack, Text, Title } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import type { DiffPart } from "./attempt_diff.ts";
import { attemptDiff } from "./attempt_diff.ts";
import classes from "./attempt_diff.module.css";
import type { Attempt } from "./event_model.ts";
import { diffHunks } from "./line_diff.ts";

const SIGNS = { removed: "−", added: "+", same: " " } as const;
/** So many lines are shown of one part. */
const LINES_MAX = 400;

/** Removed and added lines by sign and colour. */
export function AttemptDiffView({ before, after }: { before: Attempt | null; after: Attempt }) {
  const t = useT();
  if (before === null) return <Text size="sm">{t("event.diff.first")}</Text>;
  const changed = attemptDiff(before, after).filter(({ isSame }) => !isSame);
  const unchanged = attemptDiff(before, after).filter(({ isSame }) => isSame);
  return (
    <Stack gap="sm">
      <Text size="sm">{t("event.diff.intro", { before: before.number, after: after.number })}</Text>
      {changed.map((part) => (
        <ChangedPart key={part.name} part={part} />
      ))}
      {unchanged.length === 0 ? null : (
        <Text size="sm">
          {t("event.diff.same", { parts: unchanged.map(({ name }) => t(`event.diff.${name}`)).join(", ") })}
        </Text>
      )}
    </Stack>
  );
}

function ChangedPart({ part: { name, lines } }: { part: DiffPart }) {
  const t = useT();
  const hunks = diffHunks(lines);
  return (
    <section>
      <Title order={3} size="h6" mb={4}>
        {t(`event.diff.${name}`)}
      </Title>
      <div className={classes["lines"]} tabIndex={0} role="region" aria-label={t(`event.diff.${name}`)}>
        {hunks.slice(0, LINES_MAX).map((line, at) =>
          line === null ? (
            <div key={at} className={classes["gap"]} aria-hidden>
              …
            </div>
          ) : (
            <div key={at} className={classes[line.kind]}>
              {line.kind === "same" ? null : <span className="visuallyHidden">{t(`event.diff.${line.kind}`)} </span>}
              <span aria-hidden>{SIGNS[line.kind]} </span>
              {labelText(line.text)}
            </div>
          ),
        )}
      </div>
      {hunks.length > LINES_MAX ? (
        <Text size="xs">{t("event.diff.more", { count: hunks.length - LINES_MAX })}</Text>
      ) : null}
    </section>
  );
}
