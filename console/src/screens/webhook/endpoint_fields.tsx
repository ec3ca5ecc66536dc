/** Where a webhook is and what it is for, with checks of the URL while it is typed. */
import { Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useT } from "../../i18n/i18n.ts";
import type { FormProps } from "./delivery_fields.tsx";
import { fieldId } from "./form_errors.ts";
import { UrlChecks } from "./url_checks.tsx";
import { DESCRIPTION_CHARS_MAX, formFaults, URL_CHARS_MAX } from "./webhook_form.ts";

const REST_MS = 600;

/** `storedUrl`: the URL that is in force, which needs no check; null for a new webhook. */
export function EndpointFields({
  form,
  errors,
  onChange,
  storedUrl,
  isAutoFocused = false,
}: FormProps & { storedUrl: string | null; isAutoFocused?: boolean }) {
  const t = useT();
  const [rested] = useDebouncedValue(form.url.trim(), REST_MS);
  const isChecked = rested !== storedUrl && formFaults({ ...form, url: rested }).every(({ field }) => field !== "url");
  return (
    <Stack>
      <TextInput
        id={fieldId("url")}
        type="url"
        label={t("form.url")}
        description={t("form.urlHint")}
        placeholder="https://example.com/api/ignisign-webhooks"
        required
        maxLength={URL_CHARS_MAX}
        autoComplete="off"
        spellCheck={false}
        autoFocus={isAutoFocused}
        value={form.url}
        error={errors.url}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      {isChecked ? <UrlChecks url={rested} /> : <Text size="sm">{t("check.hint")}</Text>}
      <TextInput
        id={fieldId("description")}
        label={t("form.description")}
        description={t("form.descriptionHint")}
        maxLength={DESCRIPTION_CHARS_MAX}
        autoComplete="off"
        value={form.description}
        error={errors.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
    </Stack>
  );
}
