/** Copies a webhook to another environment of its application; secrets and header values do not go with it. */
import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { requestIdText } from "../../parts/problem_text.ts";
import { ProblemWords } from "../../parts/problem_words.tsx";
import type { AppEnv } from "../../tenant.ts";
import { APP_ENVS, parseAppEnv } from "../../tenant.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { KeysOnce } from "./secret_once.tsx";
import { formOf, settingsOf, URL_CHARS_MAX } from "./webhook_form.ts";

/** For the operator, whose key alone reaches several environments. */
export function DuplicateDialog({
  webhook,
  isOpen,
  onClose,
}: {
  webhook: Webhook;
  isOpen: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const [made, setMade] = useState<Answer<"createWebhook"> | null>(null);
  const close = (): void => {
    setMade(null);
    onClose();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={made === null ? t("webhook.duplicate") : t("duplicate.done", { appEnv: made.appEnv })}
      size="lg"
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      {made === null ? (
        <DuplicateForm webhook={webhook} onMade={setMade} onClose={close} />
      ) : (
        <Stack>
          <KeysOnce webhook={made} secret={made.secret} />
          <Group justify="end">
            <Button
              component={Link}
              to="/a/$appId/$appEnv/webhooks/$webhookId"
              params={{ appId: made.appId, appEnv: made.appEnv, webhookId: made._id } as never}
              onClick={close}
            >
              {t("newWebhook.open")}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function DuplicateForm({
  webhook,
  onMade,
  onClose,
}: {
  webhook: Webhook;
  onMade: (made: Answer<"createWebhook">) => void;
  onClose: () => void;
}) {
  const t = useT();
  const queries = useQueryClient();
  const others = APP_ENVS.filter((appEnv) => appEnv !== webhook.appEnv);
  const [appEnv, setAppEnv] = useState<AppEnv>(others[0] ?? "DEVELOPMENT");
  const [url, setUrl] = useState(webhook.url);
  const [isDisabled, setDisabled] = useState(true);
  const [values, setValues] = useState<readonly string[]>(() => webhook.headers.map(() => ""));
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const names = webhook.headers.map(([name = ""]) => name);
  const form = formOf(webhook);
  const headers = names.map((name, at) => ({ name, value: values[at] ?? "", isStored: false }));
  const { disabledTopics, disabledActions } = webhook;
  const path = { appId: webhook.appId, appEnv };
  const body = { ...settingsOf({ ...form, url, headers }), isDisabled, disabledTopics, disabledActions };
  const copy = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const made = await call("createWebhook", { path, body });
      await queries.invalidateQueries({ queryKey: ["webhooks", webhook.appId, appEnv] });
      onMade(made);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void copy();
      }}
    >
      <Stack>
        <Text size="sm">{t("duplicate.text")}</Text>
        <NativeSelect
          label={t("shell.environment")}
          value={appEnv}
          data={others}
          onChange={(event) => setAppEnv(parseAppEnv(event.currentTarget.value) ?? appEnv)}
          data-autofocus
        />
        <TextInput
          type="url"
          label={t("form.url")}
          required
          maxLength={URL_CHARS_MAX}
          spellCheck={false}
          autoComplete="off"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        {names.map((name, at) => (
          <TextInput
            key={name}
            label={t("duplicate.header", { name })}
            required
            autoComplete="off"
            value={values[at] ?? ""}
            onChange={(event) => setValues(values.with(at, event.currentTarget.value))}
          />
        ))}
        <Checkbox
          label={t("duplicate.disabled")}
          checked={isDisabled}
          onChange={(event) => setDisabled(event.currentTarget.checked)}
        />
        {problem === null ? null : (
          <Alert color="red" role="alert">
            <Text size="sm">
              <ProblemWords error={problem} />
            </Text>
            <Text size="sm">{requestIdText(t, problem)}</Text>
          </Alert>
        )}
        <Group justify="end">
          <ApiCallButton id="createWebhook" args={{ path, body }} />
          <Button variant="default" onClick={onClose}>
            {t("parts.cancel")}
          </Button>
          <Button type="submit" loading={isBusy}>
            {t("duplicate.action")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
