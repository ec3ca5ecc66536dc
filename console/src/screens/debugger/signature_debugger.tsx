/** Checks a signature that a receiver got, and tells what is wrong with it. */
import {
  Alert,
  Button,
  Group,
  List,
  NativeSelect,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { CodeBlock } from "../../parts/code_block.tsx";
import { labelText } from "../../parts/label_text.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { Failure } from "../../parts/states.tsx";
import { ExactTime } from "../../parts/time_text.tsx";
import { useTenant } from "../../tenant.ts";

const EMPTY = { id: "", timestamp: "", signature: "", body: "" };

/** `webhookId` is in the address; what was received is not. */
export function SignatureDebugger({ webhookId }: { webhookId: string | undefined }) {
  const t = useT();
  const tenant = useTenant();
  const change = useSearchChange();
  const [received, setReceived] = useState(EMPTY);
  const webhooks = useQuery({
    queryKey: ["webhooks", tenant.appId, tenant.appEnv],
    queryFn: ({ signal }) => call("listWebhooks", { path: tenant, signal }),
  });
  const check = useMutation({
    mutationFn: (id: string) => call("checkWebhookSignature", { path: { webhookId: id }, body: received }),
  });
  const known = webhooks.data ?? [];
  const chosen = webhookId ?? known[0]?._id;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (chosen !== undefined) check.mutate(chosen);
  };
  const field = (name: "id" | "timestamp" | "signature") => ({
    label: t(`debugger.header.${name}`),
    value: received[name],
    required: true,
    withAsterisk: false,
    spellCheck: false,
    autoComplete: "off",
    onChange: (event: React.ChangeEvent<HTMLInputElement>): void =>
      setReceived({ ...received, [name]: event.currentTarget.value.trim() }),
  });
  return (
    <form onSubmit={submit}>
      <Stack maw={860}>
        <Text>{t("debugger.signature.intro")}</Text>
        {webhooks.error === null ? null : <Failure error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
        <NativeSelect
          label={t("debugger.webhook")}
          value={chosen ?? ""}
          description={webhooks.data?.length === 0 ? t("debugger.webhook.none") : undefined}
          data={known.map(({ _id, url }) => ({ value: _id, label: labelText(url) }))}
          onChange={(event) => change({ webhook: event.currentTarget.value })}
        />
        <TextInput {...field("id")} />
        <TextInput {...field("timestamp")} inputMode="numeric" />
        <TextInput {...field("signature")} />
        <Textarea
          label={t("debugger.body")}
          description={t("debugger.bodyHint")}
          value={received.body}
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          classNames={{ input: "mono" }}
          onChange={(event) => setReceived({ ...received, body: event.currentTarget.value })}
        />
        <Group>
          <Button type="submit" loading={check.isPending} disabled={chosen === undefined}>
            {t("debugger.check")}
          </Button>
          <ApiCallButton
            id="checkWebhookSignature"
            args={{ path: { webhookId: chosen ?? "" }, body: { ...received, body: received.body.slice(0, 2_000) } }}
          />
        </Group>
        {check.error === null ? null : <Failure error={check.error} />}
        {check.data === undefined ? null : <Verdict verdict={check.data} />}
      </Stack>
    </form>
  );
}

function Verdict({ verdict }: { verdict: Answer<"checkWebhookSignature"> }) {
  const t = useT();
  const { isValid, faults, secrets, signedContent } = verdict;
  return (
    <Stack>
      <Alert
        color={isValid ? "green" : "red"}
        role="status"
        title={t(isValid ? "debugger.signature.valid" : "debugger.signature.invalid")}
      >
        {faults.length === 0 ? null : (
          <List size="sm" lang="en">
            {faults.map((fault) => (
              <List.Item key={fault}>{labelText(fault)}</List.Item>
            ))}
          </List>
        )}
      </Alert>
      <Title order={2} size="h5">
        {t("debugger.signature.secrets")}
      </Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("debugger.secret.version")}</Table.Th>
            <Table.Th>{t("debugger.secret.created")}</Table.Th>
            <Table.Th>{t("debugger.secret.expires")}</Table.Th>
            <Table.Th>{t("debugger.secret.matches")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {secrets.map(({ version, createdAt, expiresAt, matches }, at) => (
            <Table.Tr key={at}>
              <Table.Td>{t(`debugger.secret.version.${version}`)}</Table.Td>
              <Table.Td>
                <ExactTime at={createdAt} />
              </Table.Td>
              <Table.Td>{expiresAt === null ? t("debugger.secret.current") : <ExactTime at={expiresAt} />}</Table.Td>
              <Table.Td>{t(matches ? "debugger.yes" : "debugger.no")}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm">{t("debugger.signature.signed")}</Text>
      <CodeBlock code={signedContent} what={t("debugger.signature.signed")} />
    </Stack>
  );
}
