/** The settings of a webhook: where it is, how deliveries are made, its secret, and how to be rid of it. */
import { Alert, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ErrorSummary } from "../../parts/error_summary.tsx";
import { labelText } from "../../parts/label_text.ts";
import { toastDone } from "../../parts/toast.ts";
import { UnsavedGuard } from "../../parts/unsaved_guard.tsx";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { DeliveryFields } from "./delivery_fields.tsx";
import { EndpointFields } from "./endpoint_fields.tsx";
import { useFormErrors } from "./form_errors.ts";
import { SecretBlock } from "./secret_block.tsx";
import type { WebhookForm } from "./webhook_form.ts";
import { changedSettings, formOf } from "./webhook_form.ts";
import { DeleteDialog } from "./webhook_menu.tsx";
import classes from "./topics.module.css";
import own from "./webhook.module.css";

/** Inside the webhook's page. */
export function SettingsTab({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const [isDeleting, deleting] = useDisclosure(false);
  return (
    <Stack className={own["settings"] ?? ""}>
      <SettingsForm webhook={webhook} />
      <Block title={t("secret.title")}>
        <SecretBlock webhook={webhook} />
      </Block>
      <Block title={t("webhookSettings.danger")} isDanger>
        <Text size="sm">{t("webhook.delete.text")}</Text>
        <Group>
          <Button color="red" variant="outline" onClick={deleting.open} aria-haspopup="dialog">
            {t("webhook.delete")}
          </Button>
        </Group>
        <DeleteDialog webhook={webhook} isOpen={isDeleting} onClose={deleting.close} />
      </Block>
    </Stack>
  );
}

/** What is being changed: the settings as they were when it began, and as they are to be. */
type Draft = { base: Webhook; form: WebhookForm };

function SettingsForm({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const changes = useWebhookChanges();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [isSaving, setSaving] = useState(false);
  const base = draft?.base ?? webhook;
  const form = draft?.form ?? formOf(webhook);
  const body = changedSettings(formOf(base), form);
  const isDirty = Object.keys(body).length > 0;
  const checked = useFormErrors(form);
  const save = async () => {
    if (!checked.check()) return;
    setSaving(true);
    try {
      await changes.update(webhook._id, body);
      setDraft(null);
      toastDone(t("webhookSettings.saved"));
    } catch (error) {
      checked.refuse(error);
    } finally {
      setSaving(false);
    }
  };
  const change = (part: Partial<WebhookForm>): void => {
    setDraft({ base, form: { ...form, ...part } });
    checked.clear(Object.keys(part));
  };
  const reset = (): void => {
    setDraft(null);
    checked.clear(Object.keys(form));
  };
  const props = { form, errors: checked.errors, onChange: change };
  const isStale = isDirty && base._updatedAt !== webhook._updatedAt;
  return (
    <>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <ErrorSummary title={t("form.problems")} problems={checked.problems} attempt={checked.attempt} />
        <Stack>
          {isStale ? (
            <Alert color="yellow" title={t("webhookSettings.stale.title")} role="status">
              <Stack gap="xs" align="start">
                <Text size="sm">{t("webhookSettings.stale.text")}</Text>
                <Button variant="default" onClick={reset}>
                  {t("webhookSettings.stale.load")}
                </Button>
              </Stack>
            </Alert>
          ) : null}
          <Block title={t("newWebhook.endpoint")}>
            <EndpointFields {...props} storedUrl={webhook.url} />
            {form.url === webhook.url ? null : (
              <Text size="sm">{t("webhookSettings.urlChanged", { url: labelText(webhook.url) })}</Text>
            )}
          </Block>
          <Block title={t("newWebhook.delivery")}>
            <DeliveryFields {...props} />
          </Block>
        </Stack>
        <Group className={classes["saveBar"] ?? ""} data-sticky={isDirty} justify="space-between" gap="xs">
          <Text size="sm" role="status">
            {t(isDirty ? "webhookSettings.dirty" : "webhookSettings.clean")}
          </Text>
          <Group gap="xs">
            <ApiCallButton
              id="updateWebhook"
              args={{ path: { webhookId: webhook._id }, body }}
              also={[
                {
                  id: "checkWebhookUrl",
                  args: { path: { appId: webhook.appId, appEnv: webhook.appEnv }, body: { url: form.url } },
                },
              ]}
            />
            <Button variant="default" disabled={!isDirty} onClick={reset}>
              {t("parts.cancel")}
            </Button>
            <Button type="submit" disabled={!isDirty} loading={isSaving}>
              {t("parts.save")}
            </Button>
          </Group>
        </Group>
      </form>
      <UnsavedGuard isDirty={isDirty && !isSaving} />
    </>
  );
}

function Block({ title, isDanger = false, children }: { title: string; isDanger?: boolean; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title} className={isDanger ? (own["danger"] ?? "") : ""}>
      <Stack>
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}
