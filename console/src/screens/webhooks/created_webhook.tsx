/** What follows on a registration: the secret, what may not work yet, and a first test event. */
import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Answer } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { useTenant } from "../../tenant.ts";
import { SecretOnce } from "../webhook/secret_once.tsx";
import { TestForm } from "../webhook/test_form.tsx";

/** `webhook` as the registration answered it, with its secret. */
export function CreatedWebhook({ webhook, onAnother }: { webhook: Answer<"createWebhook">; onAnother: () => void }) {
  const t = useT();
  const tenant = useTenant();
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.focus(), []);
  const { secret, warnings = [], ...registered } = webhook;
  const params = { ...tenant, webhookId: webhook._id };
  return (
    <Stack ref={top} tabIndex={-1} style={{ outline: "none" }}>
      <PageTitle title={t("newWebhook.created")}>
        <Button component={Link} to="/a/$appId/$appEnv/webhooks/$webhookId" params={params as never}>
          {t("newWebhook.open")}
        </Button>
      </PageTitle>
      <Text className="mono">
        <bdi>{labelText(webhook.url)}</bdi>
      </Text>
      {warnings.map((warning) => (
        <Alert key={warning} color="yellow" icon={<IconAlertTriangle aria-hidden />}>
          <span lang="en">{labelText(warning)}</span>
        </Alert>
      ))}
      <SecretOnce secret={secret} webhookId={webhook._id} url={webhook.url} />
      <section aria-label={t("webhook.sendTest")}>
        <Title order={2} size="h4" mb="sm">
          {t("webhook.sendTest")}
        </Title>
        <TestForm webhook={registered} wanted={null} />
      </section>
      <Group>
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={onAnother}>
          {t("newWebhook.another")}
        </Button>
      </Group>
    </Stack>
  );
}
