/** Whether the signature of an attempt holds, with which secret, and the exact text that was signed. */
import { Alert, Badge, Group, List, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { ApiProblem, call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { BodyView } from "../../parts/body_view.tsx";
import { CodeBlock } from "../../parts/code_block.tsx";
import { Loaded } from "../../parts/states.tsx";
import { ExactTime } from "../../parts/time_text.tsx";
import { useTenant } from "../../tenant.ts";
import type { Attempt, ListedEvent } from "./event_model.ts";

type Verdict = Answer<"getAttemptSignature">;
/** Answers that are no fault of the page: there is nothing that could be checked. */
const EXPECTED_CODES = ["WEBHOOK_ATTEMPT_NOT_SENT", "MESSAGE_CONTENT_ERASED", "WEBHOOK_NOT_FOUND"] as const;

/** Recomputed by the server with the secrets that it still has. */
export function SignatureView({ event, attempt }: { event: Pick<ListedEvent, "_id" | "webhookId">; attempt: Attempt }) {
  const t = useT();
  const { appId, appEnv } = useTenant();
  const path = { webhookId: event.webhookId, eventId: event._id, number: String(attempt.number) };
  const isUnsent = attempt.request.headers.length === 0;
  const isErased = attempt.request.body === null;
  const query = useQuery({
    queryKey: ["event", event._id, "signature", attempt.number, appId, appEnv],
    queryFn: async ({ signal }): Promise<Verdict | (typeof EXPECTED_CODES)[number]> => {
      try {
        return await call("getAttemptSignature", { path, signal });
      } catch (error) {
        const expected = EXPECTED_CODES.find((code) => error instanceof ApiProblem && error.code === code);
        if (expected === undefined) throw error;
        return expected;
      }
    },
    enabled: !isUnsent && !isErased,
  });
  if (isUnsent) return <Text size="sm">{t("event.signature.WEBHOOK_ATTEMPT_NOT_SENT")}</Text>;
  if (isErased) return <Text size="sm">{t("event.signature.MESSAGE_CONTENT_ERASED")}</Text>;
  return (
    <Loaded query={query} lines={4}>
      {(verdict) =>
        typeof verdict === "string" ? (
          <Text size="sm">{t(`event.signature.${verdict}`)}</Text>
        ) : (
          <Checked verdict={verdict} fileName={`${event._id}-${attempt.number}-signed`} />
        )
      }
    </Loaded>
  );
}

function Checked({ verdict, fileName }: { verdict: Verdict; fileName: string }) {
  const t = useT();
  const { isValid, signature, signedContent, secrets } = verdict;
  return (
    <Stack gap="sm">
      <Alert
        color={isValid ? "green" : "red"}
        icon={isValid ? <IconCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
        title={t(isValid ? "event.signature.valid" : "event.signature.invalid")}
      >
        {t(isValid ? "event.signature.valid.text" : "event.signature.invalid.text")}
      </Alert>
      <Title order={3} size="h6">
        {t("event.signature.secrets")}
      </Title>
      <List size="sm" spacing={4}>
        {secrets.map(({ version, createdAt, expiresAt, matches }, at) => (
          <List.Item key={at}>
            <Group gap="xs">
              <Badge color={matches ? "green" : "gray"} variant="light" tt="none">
                {t(matches ? "event.signature.matches" : "event.signature.differs")}
              </Badge>
              <Text size="sm">
                {t(`event.signature.version.${version}`)}
                {" · "}
                {t("event.signature.createdAt")} <ExactTime at={createdAt} />
                {expiresAt === null ? null : (
                  <>
                    {" · "}
                    {t("event.signature.expiresAt")} <ExactTime at={expiresAt} />
                  </>
                )}
              </Text>
            </Group>
          </List.Item>
        ))}
      </List>
      <Title order={3} size="h6">
        {t("event.signature.header")}
      </Title>
      <CodeBlock code={signature} what={t("event.signature.header")} />
      <Title order={3} size="h6">
        {t("event.signature.content")}
      </Title>
      <Text size="sm">{t("event.signature.contentHint")}</Text>
      <BodyView body={signedContent} label={t("event.signature.content")} fileName={fileName} />
    </Stack>
  );
}
