/** The choices of a bulk resend: what, since when, how fast. */
import { Checkbox, Group, NativeSelect, NumberInput, Radio, Stack, TextInput } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { fieldTime, timeOfField } from "../../parts/local_time.ts";
import { useTimeZone } from "../../parts/time_zone.ts";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import type { ResendContext, ResendForm, ResendScope } from "./resend_request.ts";
import { canSkipPassed, isPassedOnly, RATE_MAX, RESEND_SCOPES, scopeFault, SELECTED_MAX } from "./resend_request.ts";

type ResendFieldsProps = {
  form: ResendForm;
  context: ResendContext;
  /** Whether the dialog belongs to one webhook. */
  isWebhookFixed: boolean;
  onChange: (change: Partial<ResendForm>) => void;
  onWebhook: (webhookId: string | null) => void;
};

/** Choices that make no difference are left out; those that cannot be taken say why. */
export function ResendFields({ form, context, isWebhookFixed, onChange, onWebhook }: ResendFieldsProps) {
  const t = useT();
  const isSince = form.scope === "failedSince" || form.scope === "missedSince";
  return (
    <>
      <ScopeChoice form={form} context={context} onChange={onChange} />
      {isWebhookFixed || !isSince ? null : (
        <WebhookChoice webhookId={context.webhookId} isNeeded={form.scope === "missedSince"} onWebhook={onWebhook} />
      )}
      <Group align="start" grow preventGrowOverflow={false}>
        {isSince ? <SinceField since={form.since} onChange={(since) => onChange({ since })} /> : null}
        <NumberInput
          label={t("jobs.resend.rate")}
          description={t("jobs.resend.rate.hint", { max: RATE_MAX })}
          value={Number.isNaN(form.rate) ? "" : form.rate}
          min={1}
          max={RATE_MAX}
          allowDecimal={false}
          allowNegative={false}
          onChange={(rate) => onChange({ rate: rate === "" ? Number.NaN : Number(rate) })}
        />
      </Group>
      {canSkipPassed(form.scope, context) ? (
        <Checkbox
          label={t("jobs.resend.skipPassed")}
          description={isPassedOnly(context) && form.isSkippingPassed ? t("jobs.resend.skipPassed.nothing") : undefined}
          checked={form.isSkippingPassed}
          onChange={(event) => onChange({ isSkippingPassed: event.currentTarget.checked })}
        />
      ) : null}
    </>
  );
}

function ScopeChoice({ form, context, onChange }: Pick<ResendFieldsProps, "form" | "context" | "onChange">) {
  const t = useT();
  const { filter, eventIds } = context;
  const isOffered = (scope: ResendScope): boolean =>
    (scope !== "selected" || eventIds.length > 0) && (scope !== "filter" || filter !== null);
  const hint = (scope: ResendScope): string | undefined => {
    const fault = scopeFault(scope, context);
    if (fault !== null) return t(`jobs.resend.fault.${fault}`, { max: SELECTED_MAX });
    return scope === "missedSince" ? t("jobs.resend.scope.missedSince.hint") : undefined;
  };
  return (
    <Radio.Group label={t("jobs.resend.scope")} value={form.scope} onChange={(value) => onChange({ scope: value })}>
      <Stack gap="xs" mt="xs">
        {RESEND_SCOPES.filter(isOffered).map((scope) => (
          <Radio
            key={scope}
            value={scope}
            label={t(`jobs.resend.scope.${scope}`, { count: eventIds.length })}
            description={hint(scope)}
            disabled={scopeFault(scope, context) !== null}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function SinceField({ since, onChange }: { since: string | null; onChange: (since: string | null) => void }) {
  const t = useT();
  const { timeZone } = useTimeZone();
  return (
    <TextInput
      type="datetime-local"
      label={t("jobs.resend.since")}
      description={t(`jobs.resend.since.${timeZone}`)}
      required
      error={since === null ? t("jobs.resend.since.missing") : null}
      defaultValue={since === null ? "" : fieldTime(Date.parse(since), timeZone)}
      onChange={(event) => onChange(timeOfField(event.currentTarget.value, timeZone))}
    />
  );
}

/** A replay is for one webhook; what failed can be that of all. */
function WebhookChoice({
  webhookId,
  isNeeded,
  onWebhook,
}: {
  webhookId: string | null;
  isNeeded: boolean;
  onWebhook: (webhookId: string | null) => void;
}) {
  const t = useT();
  const { webhooks } = useWebhookNames();
  const none = { value: "", label: t(isNeeded ? "jobs.resend.webhook.choose" : "jobs.allWebhooks") };
  return (
    <NativeSelect
      label={t("jobs.resend.webhook")}
      required={isNeeded}
      value={webhookId ?? ""}
      data={[none, ...webhooks.map(({ id, name }) => ({ value: id, label: name }))]}
      onChange={({ currentTarget }) => onWebhook(currentTarget.value === "" ? null : currentTarget.value)}
    />
  );
}
