/** Programs that receive this endpoint's webhooks, by language; the tab that was used last is the first one next time. */
import { Alert, Code, Stack, Tabs, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useT } from "../i18n/i18n.ts";
import { useTenant } from "../tenant.ts";
import { CodeBlock } from "./code_block.tsx";
import type { SnippetId } from "./snippet_texts.ts";
import { SNIPPET_IDS, snippetsOf } from "./snippet_texts.ts";

const LABELS: Record<SnippetId, string> = {
  node: "Node.js · @ignisign/node",
  standardwebhooks: "Node.js · standardwebhooks",
  python: "Python",
  go: "Go",
  php: "PHP",
  curl: "cURL",
};
const PORT = 3_000;

/** `webhook`: null before there is one. The programs act on `topic` and `action`, by default on a completed signature. */
export function Snippets({
  webhook,
  topic = "SIGNATURE",
  action = "SIGNATURE_SUCCESS",
}: {
  webhook: { url: string; signatureVersions: readonly string[] } | null;
  topic?: string;
  action?: string;
}) {
  const t = useT();
  const { appId, appEnv } = useTenant();
  const [chosen, setChosen] = useLocalStorage<SnippetId>({
    key: "ignisign-snippet",
    defaultValue: "node",
    getInitialValueInEffect: false,
  });
  const facts = { url: webhook?.url ?? null, serverUrl: location.origin, appId, appEnv, topic, action, port: PORT };
  const select = (value: string | null): void => {
    const id = SNIPPET_IDS.find((each) => each === value);
    if (id !== undefined) setChosen(id);
  };
  return (
    <>
      {webhook?.signatureVersions.includes("v1") === false ? (
        <Alert mb="sm" color="yellow">
          {t("snippets.publicKeyOnly")}
        </Alert>
      ) : null}
      <Tabs value={SNIPPET_IDS.find((id) => id === chosen) ?? "node"} onChange={select} keepMounted={false}>
        <Tabs.List aria-label={t("snippets.languages")}>
          {SNIPPET_IDS.map((id) => (
            <Tabs.Tab key={id} value={id}>
              {LABELS[id]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippetsOf(facts).map(({ id, install, code, file }) => (
          <Tabs.Panel key={id} value={id} pt="sm">
            <Stack gap="xs">
              <Text size="sm">{t(`snippets.about.${id}`)}</Text>
              {install === null ? null : <CodeBlock code={install} what={t("snippets.install")} />}
              <CodeBlock code={code} what={file} maxHeight={520} />
              <Text size="sm">
                {t("snippets.secret")} <Code>WEBHOOK_SECRET</Code>
              </Text>
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
