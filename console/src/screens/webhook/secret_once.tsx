/** New keys, the one time that a secret comes unasked: to copy, or to save as the file that programs read. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconDownload, IconKey } from "@tabler/icons-react";
import { useT } from "../../i18n/i18n.ts";
import { CodeBlock } from "../../parts/code_block.tsx";
import { saveFile } from "../../parts/export_file.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";

/** The same name as in the programs of the snippets. */
const VARIABLE = "WEBHOOK_SECRET";

/** What receivers verify with: the secret, the public key where a webhook asks for `v1a`, or both. */
export function KeysOnce({ webhook, secret }: { webhook: Signed & { _id: string; url: string }; secret: string }) {
  const t = useT();
  const { _id: webhookId, url, publicKey, signatureVersions } = webhook;
  return (
    <Stack gap="sm">
      {signatureVersions.includes("v1") ? (
        <Alert color="blue" icon={<IconKey aria-hidden />} title={t("secret.once.title")}>
          <Stack gap="sm">
            <Text size="sm">{t("secret.once.text")}</Text>
            <CodeBlock code={secret} what={t("secret.name")} />
            <Group>
              <DownloadEnv value={secret} webhookId={webhookId} url={url} />
            </Group>
          </Stack>
        </Alert>
      ) : null}
      {publicKey === undefined ? null : <PublicKey publicKey={publicKey} />}
    </Stack>
  );
}

/** The public half of a webhook's key pair, which is no secret. */
export function PublicKey({ publicKey }: { publicKey: string }) {
  const t = useT();
  return (
    <div>
      <Text size="sm" fw={500}>
        {t("secret.publicKey")}
      </Text>
      <Text size="sm">{t("secret.publicKey.text")}</Text>
      <CodeBlock code={publicKey} what={t("secret.publicKey")} />
    </div>
  );
}

/** How a webhook is signed for. */
type Signed = Pick<Webhook, "publicKey" | "signatureVersions">;

/** What programs are given to verify with: the secret, or the public key where the secret signs nothing. */
export function verifyingKey({ publicKey, signatureVersions }: Signed, secret: string): string {
  return signatureVersions.includes("v1") || publicKey === undefined ? secret : publicKey;
}

/** Saves a key as a file of the form of `.env`: browsers take the dot off names that begin with one. */
export function DownloadEnv({ value, webhookId, url }: { value: string; webhookId: string; url: string }) {
  const t = useT();
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}
      onClick={() => saveFile("webhook.env", "text/plain", envText({ value, webhookId, url }))}
    >
      {t("secret.download")}
    </Button>
  );
}

/** The API stores URLs as parsed, so none has a line break that would end the comment. */
function envText({ value, webhookId, url }: { value: string; webhookId: string; url: string }): string {
  return `# Verifies webhooks of ${webhookId}, ${url}\n${VARIABLE}=${value}\n`;
}
