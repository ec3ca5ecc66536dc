/** Sends a test event: which action, with which content, as which request; and then what came of it. */
import { Alert, Button, Group, NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { CodeBlock } from "../../parts/code_block.tsx";
import { Loaded } from "../../parts/states.tsx";
import { requestIdText } from "../../parts/problem_text.ts";
import { ProblemWords } from "../../parts/problem_words.tsx";
import { useWebhookChanges } from "../webhooks/webhook_changes.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { useCatalog } from "../webhooks/webhook_reads.ts";
import { contentFault, requestText, testCallBody } from "./test_request.ts";
import { TestFields } from "./test_fields.tsx";
import { TestResult } from "./test_result.tsx";
import { isTaken } from "./topic_choice.ts";
import classes from "./webhook.module.css";

const TYPICAL = "SIGNATURE.SIGNATURE_SUCCESS";

/** `wanted`: the action to begin with, as `TOPIC.ACTION`; another text or null for the first one that is taken. */
export function TestForm({ webhook, wanted }: { webhook: Webhook; wanted: string | null }) {
  const catalog = useCatalog();
  return (
    <Loaded query={catalog} lines={4}>
      {(topics) => <Form webhook={webhook} topics={topics} wanted={wanted} />}
    </Loaded>
  );
}

function Form({ webhook, topics, wanted }: { webhook: Webhook; topics: Topics; wanted: string | null }) {
  const t = useT();
  const changes = useWebhookChanges();
  const choices = actionChoices(webhook, topics);
  const [name, setName] = useState(() => firstName(choices, wanted));
  const [topic = "", action = ""] = name.split(".");
  const known = topics[topic]?.actions[action];
  const sample = JSON.stringify(known?.sample ?? {}, null, 2);
  const [edited, setEdited] = useState<string | null>(null);
  const [sent, setSent] = useState<Answer<"testWebhook"> | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const content = edited ?? sample;
  const fault = contentFault(content);
  const { _id: webhookId, url, appId, appEnv, headers } = webhook;
  const send = async () => {
    setBusy(true);
    setProblem(null);
    setSent(null);
    try {
      const bodyText = testCallBody({ topic, action, content });
      setSent(await call("testWebhook", { path: { webhookId }, bodyText }));
      void changes.refresh();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const request = { url, appId, appEnv, topic, action, msgNature: known?.msgNature ?? "SUCCESS", content };
  return (
    <Stack>
      {webhook.isDisabled ? (
        <Alert color="yellow" title={t("test.disabled.title")}>
          <Stack gap="xs" align="start">
            <Text size="sm">{t("test.disabled.text")}</Text>
            <Button variant="default" onClick={() => void changes.setDisabled([webhook], false)}>
              {t("webhook.enable")}
            </Button>
          </Stack>
        </Alert>
      ) : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Stack>
          <NativeSelect
            label={t("test.action")}
            description={known?.description}
            value={name}
            data={groupsOf(t, choices)}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setEdited(null);
            }}
          />
          <Textarea
            label={t("test.content")}
            description={t("test.contentHint")}
            value={content}
            error={fault === null ? undefined : faultText(t, fault)}
            autosize
            minRows={4}
            maxRows={16}
            spellCheck={false}
            classNames={{ input: classes["json"] ?? "" }}
            onChange={(event) => setEdited(event.currentTarget.value)}
          />
          {edited === null || edited === sample ? null : (
            <Group>
              <Button variant="default" size="xs" onClick={() => setEdited(null)}>
                {t("test.reset")}
              </Button>
            </Group>
          )}
          <TestFields schema={known?.content} content={content} />
          {fault === null ? (
            <details className={classes["details"]}>
              <summary>{t("test.request")}</summary>
              <CodeBlock
                code={requestText({ ...request, headerNames: headers.map(([header = ""]) => header) })}
                what={t("test.request")}
                maxHeight={300}
              />
            </details>
          ) : null}
          <Text size="sm">{t("test.marked")}</Text>
          {webhook.rateLimit === null ? null : <Text size="sm">{t("test.rate", { rate: webhook.rateLimit })}</Text>}
          <Group gap="xs">
            <Button
              type="submit"
              loading={isBusy}
              disabled={fault !== null || webhook.isDisabled || name === ""}
              leftSection={<IconSend size={16} stroke={1.6} aria-hidden />}
            >
              {t("test.send")}
            </Button>
            <ApiCallButton
              id="testWebhook"
              args={{ path: { webhookId }, bodyText: testCallBody({ topic, action, content }) }}
            />
          </Group>
        </Stack>
      </form>
      {problem === null ? null : (
        <Alert color="red" role="alert" title={t("test.refused")}>
          <Text size="sm">
            <ProblemWords error={problem} />
          </Text>
          <Text size="sm">{requestIdText(t, problem)}</Text>
        </Alert>
      )}
      {sent === null ? null : <TestResult key={sent._id} webhook={webhook} event={sent} />}
    </Stack>
  );
}

type ActionChoice = { name: string; isTaken: boolean };

/** What is asked for, else what most receivers wait for, else the first one. */
function firstName(choices: readonly ActionChoice[], wanted: string | null): string {
  const isThere = (name: string | null): boolean => choices.some((one) => one.name === name);
  const typical = choices.find((one) => one.name === TYPICAL && one.isTaken);
  return wanted !== null && isThere(wanted) ? wanted : ((typical ?? choices[0])?.name ?? "");
}

/** What the webhook takes comes first. */
function actionChoices(webhook: Webhook, topics: Topics): ActionChoice[] {
  const all = Object.entries(topics).flatMap(([topic, { actions }]) =>
    Object.keys(actions).map((action) => ({ name: `${topic}.${action}`, isTaken: isTaken(webhook, topic, action) })),
  );
  return [...all.filter((one) => one.isTaken), ...all.filter((one) => !one.isTaken)];
}

function groupsOf(t: Translate, choices: readonly ActionChoice[]): { group: string; items: string[] }[] {
  const items = (wanted: boolean): string[] => choices.filter((one) => one.isTaken === wanted).map(({ name }) => name);
  return [
    { group: t("test.taken"), items: items(true) },
    { group: t("test.notTaken"), items: items(false) },
  ].filter((group) => group.items.length > 0);
}

function faultText(t: Translate, fault: NonNullable<ReturnType<typeof contentFault>>): string {
  return fault.kind === "notJson" ? t("test.notJson", { reason: fault.reason }) : t("test.notObject");
}
