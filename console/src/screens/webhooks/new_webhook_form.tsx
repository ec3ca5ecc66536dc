/** The form of a new webhook: three blocks, and beside them the program that would receive it. */
import { Button, Grid, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ErrorSummary } from "../../parts/error_summary.tsx";
import { Snippets } from "../../parts/snippets.tsx";
import { UnsavedGuard } from "../../parts/unsaved_guard.tsx";
import { useTenant } from "../../tenant.ts";
import { DeliveryFields } from "../webhook/delivery_fields.tsx";
import { EndpointFields } from "../webhook/endpoint_fields.tsx";
import { useFormErrors } from "../webhook/form_errors.ts";
import { onlyTaking, takenNames } from "../webhook/topic_choice.ts";
import { TopicsPicker } from "../webhook/topics_picker.tsx";
import type { WebhookForm } from "../webhook/webhook_form.ts";
import { formFaults, NEW_FORM, settingsOf } from "../webhook/webhook_form.ts";
import type { Topics } from "./webhook_reads.ts";

/** `preset`: names of topics and actions that alone are taken at first; none: all of them, future ones included. */
export function NewWebhookForm({
  topics,
  preset,
  onCreated,
}: {
  topics: Topics;
  preset: readonly string[];
  onCreated: (webhook: Answer<"createWebhook">) => void;
}) {
  const t = useT();
  const tenant = useTenant();
  const queries = useQueryClient();
  const [form, setForm] = useState<WebhookForm>(NEW_FORM);
  const [choice, setChoice] = useState(() => onlyTaking(topics, preset));
  const [isBusy, setBusy] = useState(false);
  const checked = useFormErrors(form);
  const body = {
    ...settingsOf(form),
    disabledTopics: [...choice.disabledTopics],
    disabledActions: [...choice.disabledActions],
  };
  const submit = async () => {
    if (!checked.check()) return;
    setBusy(true);
    try {
      const webhook = await call("createWebhook", { path: tenant, body });
      await queries.invalidateQueries({ queryKey: ["webhooks", tenant.appId, tenant.appEnv] });
      onCreated(webhook);
    } catch (error) {
      checked.refuse(error);
      setBusy(false);
    }
  };
  const change = (part: Partial<WebhookForm>): void => {
    setForm((old) => ({ ...old, ...part }));
    checked.clear(Object.keys(part));
  };
  const props = { form, errors: checked.errors, onChange: change };
  const [first] = takenNames(choice, topics);
  const [topic, action] = first?.split(".") ?? [];
  const sample = topic === undefined || action === undefined || preset.length === 0 ? {} : { topic, action };
  const hasUrl = formFaults(form).every(({ field }) => field !== "url");
  return (
    <>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <ErrorSummary title={t("form.problems")} problems={checked.problems} attempt={checked.attempt} />
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <Stack>
              <Block number={1} title={t("newWebhook.endpoint")}>
                <EndpointFields {...props} storedUrl={null} isAutoFocused />
              </Block>
              <Block number={2} title={t("newWebhook.topics")}>
                <Text size="sm">{t("newWebhook.topicsHint")}</Text>
                <TopicsPicker topics={topics} choice={choice} onChange={setChoice} />
              </Block>
              <Block number={3} title={t("newWebhook.delivery")}>
                <DeliveryFields {...props} />
              </Block>
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <Paper withBorder p="md" component="section" aria-label={t("newWebhook.snippet")}>
              <Title order={2} size="h4" mb="sm">
                {t("newWebhook.snippet")}
              </Title>
              <Snippets webhook={hasUrl ? { ...form, url: form.url.trim() } : null} {...sample} />
            </Paper>
          </Grid.Col>
        </Grid>
        <Group mt="md">
          <Button type="submit" loading={isBusy}>
            {t("webhooks.add")}
          </Button>
          <Button variant="default" component={Link} to="/a/$appId/$appEnv/webhooks" params={tenant as never}>
            {t("parts.cancel")}
          </Button>
          <ApiCallButton
            id="createWebhook"
            args={{ path: tenant, body }}
            also={[{ id: "checkWebhookUrl", args: { path: tenant, body: { url: body.url } } }]}
          />
        </Group>
      </form>
      <UnsavedGuard isDirty={form !== NEW_FORM && !isBusy} />
    </>
  );
}

function Block({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack>
        <Title order={2} size="h4">
          {number}. {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}
