/** How deliveries to a webhook are made: time limit, pace, what counts as passed, retries, custom headers. */
import { NativeSelect, NumberInput, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { formatSchedule, parseSchedule, RETRY_STEPS_MAX } from "../../parts/retry_plan.ts";
import { RetryPreview } from "../../parts/retry_preview.tsx";
import { durationText } from "../../parts/time_text.tsx";
import { useEnvironmentSettings } from "../webhooks/webhook_reads.ts";
import type { FieldErrors } from "./form_errors.ts";
import { fieldId } from "./form_errors.ts";
import { HeadersField } from "./headers_field.tsx";
import type { WebhookForm } from "./webhook_form.ts";
import { CONCURRENCY_MAX, TIMEOUT_S_MAX, TIMEOUT_S_MIN } from "./webhook_form.ts";
import classes from "./webhook.module.css";

/** What all parts of the form get: its state, its errors by field, and how it changes. */
export type FormProps = {
  form: WebhookForm;
  errors: FieldErrors;
  onChange: (change: Partial<WebhookForm>) => void;
};

/** All of them. */
export function DeliveryFields(props: FormProps) {
  const { form, errors, onChange } = props;
  const t = useT();
  const settings = useEnvironmentSettings().data;
  const inheritedMs = settings === undefined ? null : (settings.timeoutMs ?? settings.server.timeoutMs);
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberField
          id={fieldId("timeoutS")}
          label={t("form.timeout")}
          description={t("form.timeoutHint", { min: TIMEOUT_S_MIN, max: TIMEOUT_S_MAX })}
          placeholder={inheritedMs === null ? "" : t("form.standard", { value: inheritedMs / 1_000 })}
          value={form.timeoutS}
          error={errors.timeoutS}
          onChange={(timeoutS) => onChange({ timeoutS })}
        />
        <NumberField
          id={fieldId("rateLimit")}
          label={t("form.rateLimit")}
          description={t("form.rateLimitHint")}
          placeholder={t("form.noLimit")}
          value={form.rateLimit}
          error={errors.rateLimit}
          onChange={(rateLimit) => onChange({ rateLimit })}
        />
        <NumberField
          id={fieldId("maxConcurrency")}
          label={t("form.concurrency")}
          description={t("form.concurrencyHint", { max: CONCURRENCY_MAX })}
          placeholder={t("form.standard", { value: 10 })}
          value={form.maxConcurrency}
          error={errors.maxConcurrency}
          isWhole
          onChange={(maxConcurrency) => onChange({ maxConcurrency })}
        />
        <NativeSelect
          id={fieldId("successStatus")}
          label={t("form.success")}
          description={t("form.successHint")}
          value={form.successStatus}
          error={errors.successStatus}
          data={[
            { value: "200", label: t("form.success.200") },
            { value: "2xx", label: t("form.success.2xx") },
          ]}
          onChange={(event) => onChange({ successStatus: event.currentTarget.value === "2xx" ? "2xx" : "200" })}
        />
      </SimpleGrid>
      <RetryFields {...props} />
      <HeadersField {...props} />
      <SignatureField {...props} />
    </Stack>
  );
}

/** By their values, which are the versions with a space between. */
const SIGNATURES = { v1: ["v1"], "v1 v1a": ["v1", "v1a"], v1a: ["v1a"] } satisfies Record<
  string,
  WebhookForm["signatureVersions"]
>;

function SignatureField({ form, errors, onChange }: FormProps) {
  const t = useT();
  const values = ["v1", "v1 v1a", "v1a"] as const;
  const chosen = values.find((value) => value === form.signatureVersions.join(" ")) ?? "v1";
  return (
    <NativeSelect
      id={fieldId("signatureVersions")}
      label={t("form.signature")}
      description={t(`form.signatureHint.${chosen}`)}
      value={chosen}
      error={errors.signatureVersions}
      data={values.map((value) => ({ value, label: t(`form.signature.${value}`) }))}
      onChange={(event) => {
        const value = values.find((each) => each === event.currentTarget.value) ?? "v1";
        onChange({ signatureVersions: SIGNATURES[value] });
      }}
    />
  );
}

function NumberField({
  id,
  isWhole = false,
  error,
  onChange,
  ...texts
}: {
  id: string;
  label: string;
  description: string;
  placeholder: string;
  value: number | "";
  error: string | undefined;
  isWhole?: boolean;
  onChange: (value: number | "") => void;
}) {
  return (
    <NumberInput
      {...texts}
      id={id}
      error={error}
      min={0}
      allowNegative={false}
      allowDecimal={!isWhole}
      clampBehavior="none"
      hideControls
      inputMode={isWhole ? "numeric" : "decimal"}
      onChange={(value) => onChange(value === "" ? "" : Number(value))}
    />
  );
}

function RetryFields({ form, errors, onChange }: FormProps) {
  const t = useT();
  const locale = useLocale();
  const settings = useEnvironmentSettings().data;
  const inherited = settings === undefined ? null : (settings.retrySchedule ?? settings.server.retrySchedule);
  const own = parseSchedule(form.retryText);
  const steps = form.retry === "inherited" ? inherited : "steps" in own ? own.steps : null;
  const begin = (retry: WebhookForm["retry"]): void => {
    const isEmpty = form.retryText === "" && retry === "own";
    onChange(isEmpty ? { retry, retryText: formatSchedule(inherited ?? []) } : { retry });
  };
  const longest = durationText(7 * 86_400_000, locale);
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t("form.retry")}
        value={form.retry}
        data={[
          { value: "inherited", label: t("form.retry.inherited") },
          { value: "own", label: t("form.retry.own") },
        ]}
        onChange={(event) => begin(event.currentTarget.value === "own" ? "own" : "inherited")}
      />
      {form.retry === "inherited" ? null : (
        <TextInput
          id={fieldId("retryText")}
          label={t("form.retrySteps")}
          description={t("form.retryStepsHint", { max: RETRY_STEPS_MAX, longest })}
          placeholder="5s, 5m, 30m, 2h"
          value={form.retryText}
          error={errors.retryText}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ retryText: event.currentTarget.value })}
        />
      )}
      {steps === null ? null : (
        <details className={classes["details"]}>
          <summary>{t("retries.summary", { count: steps.length })}</summary>
          <RetryPreview steps={steps} />
        </details>
      )}
    </Stack>
  );
}
