/** What holds for all webhooks of the environment, what the server says, and how this browser shows it. */
import { Alert, Button, Fieldset, Group, NumberInput, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { PageTitle } from "../../parts/page_title.tsx";
import { Failure, Loaded } from "../../parts/states.tsx";
import { durationText } from "../../parts/time_text.tsx";
import { toastDone } from "../../parts/toast.ts";
import { UnsavedGuard } from "../../parts/unsaved_guard.tsx";
import { useCan } from "../../session.ts";
import { PersonalChoices } from "../../shell/personal_choices.tsx";
import { useTenant } from "../../tenant.ts";
import { LimitsTable } from "./limits_table.tsx";
import { RetryFields } from "./retry_fields.tsx";
import { ServerFacts } from "./server_facts.tsx";
import type { Settings, SettingsForm } from "./settings_form.ts";
import { bodyOf, formOf, isSameForm } from "./settings_form.ts";

/** The screen; who may not change anything sees the same, disabled. */
export function SettingsScreen() {
  const t = useT();
  const tenant = useTenant();
  const settings = useQuery({
    queryKey: ["settings", tenant.appId, tenant.appEnv],
    queryFn: ({ signal }) => call("getSettings", { path: tenant, signal }),
  });
  return (
    <>
      <PageTitle title={t("settings.title")}>
        <ApiCallButton id="getSettings" args={{ path: tenant }} />
      </PageTitle>
      <Loaded query={settings}>
        {(loaded) => (
          <Stack maw={820}>
            <SettingsFields settings={loaded} />
            <Paper withBorder p="md" component="section" aria-labelledby="server-facts">
              <Title order={2} size="h4" mb="sm" id="server-facts">
                {t("settings.server")}
              </Title>
              <ServerFacts server={loaded.server} />
            </Paper>
            <Paper withBorder p="md" component="section" aria-labelledby="limits">
              <Title order={2} size="h4" mb="sm" id="limits">
                {t("settings.limits")}
              </Title>
              <LimitsTable />
            </Paper>
            <Paper withBorder p="md" component="section" aria-labelledby="personal-settings">
              <Title order={2} size="h4" mb="sm" id="personal-settings">
                {t("settings.person")}
              </Title>
              <PersonalChoices />
            </Paper>
          </Stack>
        )}
      </Loaded>
    </>
  );
}

function SettingsFields({ settings }: { settings: Settings }) {
  const t = useT();
  const tenant = useTenant();
  const locale = useLocale();
  const queryClient = useQueryClient();
  const isReadOnly = !useCan("admin");
  const [edited, setEdited] = useState<SettingsForm | null>(null);
  const stored = formOf(settings);
  const form = edited ?? stored;
  const isDirty = !isSameForm(form, stored);
  const change = (changed: Partial<SettingsForm>): void => setEdited({ ...form, ...changed });
  const body = bodyOf(form);
  const save = useMutation({
    mutationFn: (wanted: NonNullable<typeof body>) => call("updateSettings", { path: tenant, body: wanted }),
    onSuccess: (saved) => {
      queryClient.setQueryData(["settings", tenant.appId, tenant.appEnv], saved);
      setEdited(null);
      toastDone(t("settings.saved"));
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (body !== null) save.mutate(body);
  };
  const { server } = settings;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{t("settings.intro")}</Text>
        {isReadOnly ? <Alert color="blue">{t("settings.readOnly")}</Alert> : null}
        <Fieldset legend={t("settings.retries")}>
          <Stack>
            <RetryFields form={form} settings={settings} isReadOnly={isReadOnly} onChange={change} />
            <NumberInput
              label={t("settings.timeout")}
              description={t("settings.timeoutHint", { value: durationText(server.timeoutMs, locale) })}
              value={form.timeoutSeconds}
              min={5}
              max={30}
              disabled={isReadOnly}
              onChange={(value) => change({ timeoutSeconds: String(value) })}
            />
            <Switch
              label={t("settings.autoDisabling")}
              description={t("settings.autoDisablingHint")}
              checked={form.isAutoDisabling}
              disabled={isReadOnly}
              onChange={(event) => change({ isAutoDisabling: event.currentTarget.checked })}
            />
          </Stack>
        </Fieldset>
        <Fieldset legend={t("settings.retention")}>
          <Stack>
            <NumberInput
              label={t("settings.retention.messages")}
              description={t("settings.retention.messagesHint", { value: durationText(server.retentionMs, locale) })}
              value={form.retentionDays}
              min={0}
              disabled={isReadOnly}
              onChange={(value) => change({ retentionDays: String(value) })}
            />
            <NumberInput
              label={t("settings.retention.contents")}
              description={t("settings.retention.contentsHint")}
              value={form.contentRetentionDays}
              min={0}
              disabled={isReadOnly}
              onChange={(value) => change({ contentRetentionDays: String(value) })}
            />
          </Stack>
        </Fieldset>
        {save.error === null ? null : <Failure error={save.error} />}
        {isReadOnly ? null : (
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!isDirty || body === null}>
              {t("parts.save")}
            </Button>
            <Button variant="default" disabled={!isDirty} onClick={() => setEdited(null)}>
              {t("settings.reset")}
            </Button>
            {body === null ? null : <ApiCallButton id="updateSettings" args={{ path: tenant, body }} />}
          </Group>
        )}
      </Stack>
      <UnsavedGuard isDirty={isDirty && !save.isPending} />
    </form>
  );
}
