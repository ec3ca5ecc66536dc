/** What follows on a registration: the secret, what may not work yet, and a first test event. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconPlus, IconSend } from "@tabler/icons-react";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Answer } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { useTenant } from "../../tenant.ts";
import { KeysOnce } from "../webhook/secret_once.tsx";
import { TestPanel } from "../webhook/test_panel.tsx";

/** `webhook` as the registration answered it, with its secret. */
export function CreatedWebhook({ webhook, onAnother }: { webhook: Answer<"createWebhook">; onAnother: () => void }) {
  const t = useT();
  const tenant = useTenant();
  const [isTesting, testing] = useDisclosure(false);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    top.current?.focus({ preventScroll: true });
  }, []);
  const { secret, warnings = [], ...registered } = webhook;
  const params = { ...tenant, webhookId: webhook._id };
  return (
    <Stack ref={top} tabIndex={-1} style={{ outline: "none" }}>
      <PageTitle title={t("newWebhook.created")}>
        <Button variant="default" component={Link} to="/a/$appId/$appEnv/webhooks/$webhookId" params={params as never}>
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
      <KeysOnce webhook={webhook} secret={secret} />
      <Text>{t("newWebhook.next")}</Text>
      <Group>
        <Button
          leftSection={<IconSend size={16} stroke={1.6} aria-hidden />}
          onClick={testing.open}
          aria-haspopup="dialog"
        >
          {t("webhook.sendTest")}
        </Button>
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={onAnother}>
          {t("newWebhook.another")}
        </Button>
      </Group>
      <TestPanel webhook={registered} wanted={isTesting ? "test" : null} onClose={testing.close} />
    </Stack>
  );
}
