/** Tells what a verification token is and whether it was used, without using it. */
import { Alert, Anchor, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode, SubmitEvent } from "react";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { Failure } from "../../parts/states.tsx";
import { ExactTime } from "../../parts/time_text.tsx";
import { useTenant } from "../../tenant.ts";

const LOOKS = { valid: "green", consumed: "blue", expired: "yellow", notFound: "red" } as const;

/** The token is kept in this field only. */
export function TokenDebugger() {
  const t = useT();
  const [token, setToken] = useState("");
  const inspect = useMutation({
    mutationFn: () => call("inspectWebhookToken", { body: { token: token.trim() } }),
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    inspect.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={860}>
        <Text>{t("debugger.token.intro")}</Text>
        <TextInput
          label={t("debugger.token")}
          description={t("debugger.tokenHint")}
          value={token}
          required
          withAsterisk={false}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={inspect.isPending}>
            {t("debugger.check")}
          </Button>
          <ApiCallButton id="inspectWebhookToken" args={{ body: { token: "wvt_…" } }} />
        </Group>
        {inspect.error === null ? null : <Failure error={inspect.error} />}
        {inspect.data === undefined ? null : <TokenFacts found={inspect.data} />}
      </Stack>
    </form>
  );
}

function TokenFacts({ found }: { found: Answer<"inspectWebhookToken"> }) {
  const t = useT();
  const tenant = useTenant();
  const { state, eventId } = found;
  const times = (["issued", "expires", "consumed"] as const).flatMap((name): [string, ReactNode][] => {
    const at = found[`${name}At`];
    return at === null ? [] : [[t(`debugger.token.${name}`), <ExactTime key={name} at={at} />]];
  });
  return (
    <Stack>
      <Alert color={LOOKS[state]} role="status">
        {t(`debugger.token.state.${state}`)}
      </Alert>
      {eventId === null ? null : (
        <Table>
          <Table.Tbody>
            {times.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
            <Table.Tr>
              <Table.Th scope="row">{t("debugger.token.event")}</Table.Th>
              <Table.Td>
                <Anchor
                  renderRoot={(props) => (
                    <Link {...props} to="/a/$appId/$appEnv/events/$eventId" params={{ ...tenant, eventId }} />
                  )}
                >
                  <span className="mono">{eventId}</span>
                </Anchor>
              </Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th scope="row">{t("debugger.token.attempt")}</Table.Th>
              <Table.Td>{found.attemptNumber}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th scope="row">{t("debugger.token.action")}</Table.Th>
              <Table.Td className="mono">
                {found.topic}.{found.action}
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
