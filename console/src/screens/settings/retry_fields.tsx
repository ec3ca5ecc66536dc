/** When failed deliveries of the environment are tried again, with the dates that it would mean now. */
import { Radio, Stack, Textarea } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { parseSchedule } from "../../parts/retry_plan.ts";
import { RetryPreview } from "../../parts/retry_preview.tsx";
import type { Settings, SettingsForm } from "./settings_form.ts";
import { scheduleOf } from "./settings_form.ts";

/** `onChange` gets what is different. */
export function RetryFields({
  form,
  settings,
  isReadOnly,
  onChange,
}: {
  form: SettingsForm;
  settings: Settings;
  isReadOnly: boolean;
  onChange: (change: Partial<SettingsForm>) => void;
}) {
  const t = useT();
  const parsed = parseSchedule(form.schedule);
  const fault = "fault" in parsed ? parsed.fault : null;
  const faultText =
    fault === null
      ? null
      : fault.kind === "tooMany"
        ? t("settings.retries.tooMany")
        : t(`settings.retries.${fault.kind}`, { step: fault.step });
  const steps = scheduleOf(form, settings);
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t("settings.retries.source")}
        value={form.hasOwnSchedule ? "own" : "inherited"}
        onChange={(value) => onChange({ hasOwnSchedule: value === "own" })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="inherited" label={t("settings.retries.inherited")} disabled={isReadOnly} />
          <Radio value="own" label={t("settings.retries.own")} disabled={isReadOnly} />
        </Stack>
      </Radio.Group>
      {form.hasOwnSchedule ? (
        <Textarea
          label={t("settings.retries.steps")}
          description={t("settings.retries.stepsHint")}
          error={faultText}
          value={form.schedule}
          autosize
          minRows={1}
          spellCheck={false}
          disabled={isReadOnly}
          onChange={(event) => onChange({ schedule: event.currentTarget.value })}
        />
      ) : null}
      {steps === null ? null : <RetryPreview steps={steps} />}
    </Stack>
  );
}
