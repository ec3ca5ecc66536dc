/** "Copy as cURL": the request of an event with a fresh signature, made by the server and recorded in the audit log. */
import { Alert, Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTerminal2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { CodeBlock } from "../../parts/code_block.tsx";
import { Loaded } from "../../parts/states.tsx";
import type { ListedEvent } from "./event_model.ts";
import { signedCurl } from "./signed_curl.ts";

/** A button and its dialog. `isErased`: there is no payload left to send. */
export function CurlButton({ event, isErased }: { event: Pick<ListedEvent, "_id" | "webhookId">; isErased: boolean }) {
  const t = useT();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTerminal2 size={16} stroke={1.6} aria-hidden />}
        disabled={isErased}
        onClick={open}
      >
        {t("event.curl")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="xl"
        title={t("event.curl.title")}
        closeButtonProps={{ "aria-label": t("parts.close") }}
      >
        {isOpen ? <SignedRequest event={event} /> : null}
      </Modal>
    </>
  );
}

/** Signed anew whenever it is opened: a signature is good for five minutes. */
function SignedRequest({ event }: { event: Pick<ListedEvent, "_id" | "webhookId"> }) {
  const t = useT();
  const query = useQuery({
    queryKey: ["event", event._id, "signed-request"],
    queryFn: () => call("signWebhookRequest", { path: { webhookId: event.webhookId, eventId: event._id } }),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  return (
    <Loaded query={query} lines={4}>
      {(request) => (
        <Stack>
          <Text size="sm">{t("event.curl.text")}</Text>
          <CodeBlock code={signedCurl(request)} what={t("event.curl.command")} />
          <Alert color="gray">{t("event.curl.masked")}</Alert>
        </Stack>
      )}
    </Loaded>
  );
}
