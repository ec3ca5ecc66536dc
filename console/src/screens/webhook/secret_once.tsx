/** A new signing secret, the one time that it comes unasked: to copy, or to save as the file that programs read. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconDownload, IconKey } from "@tabler/icons-react";
import { useT } from "../../i18n/i18n.ts";
import { CodeBlock } from "../../parts/code_block.tsx";
import { saveFile } from "../../parts/export_file.ts";

/** The same name as in the programs of the snippets. */
const VARIABLE = "WEBHOOK_SECRET";

/** `webhookId` and `url` go into the file as a comment. */
export function SecretOnce({ secret, webhookId, url }: { secret: string; webhookId: string; url: string }) {
  const t = useT();
  return (
    <Alert color="blue" icon={<IconKey aria-hidden />} title={t("secret.once.title")}>
      <Stack gap="sm">
        <Text size="sm">{t("secret.once.text")}</Text>
        <CodeBlock code={secret} what={t("secret.name")} />
        <Group>
          <DownloadEnv secret={secret} webhookId={webhookId} url={url} />
        </Group>
      </Stack>
    </Alert>
  );
}

/** Saves a secret as a file of the form of `.env`: browsers take the dot off names that begin with one. */
export function DownloadEnv({ secret, webhookId, url }: { secret: string; webhookId: string; url: string }) {
  const t = useT();
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}
      onClick={() => saveFile("webhook.env", "text/plain", envText({ secret, webhookId, url }))}
    >
      {t("secret.download")}
    </Button>
  );
}

/** The API stores URLs as parsed, so none has a line break that would end the comment. */
function envText({ secret, webhookId, url }: { secret: string; webhookId: string; url: string }): string {
  return `# Signing secret of ${webhookId}, ${url}\n${VARIABLE}=${secret}\n`;
}
