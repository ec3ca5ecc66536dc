/** "Resend": sends one event once more. Where its webhook is disabled it explains that and offers to enable it first. */
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { ApiProblem, call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { useStableCallback } from "../../parts/stable_callback.ts";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import type { ListedEvent, ReadEvent } from "./event_model.ts";

/** Which event: what the call needs, and how the list is kept in step. */
type Resendable = Pick<ListedEvent, "_id" | "webhookId">;

/**
 * `resend` sends, and tells of it in a note; it stays the same function. `dialog` has to be rendered somewhere. `onResent` gets
 * the event as it is now.
 * `busyId` is the event that is being resent, null when none is.
 */
export function useResend(onResent?: (event: ListedEvent) => void): {
  resend: (event: Resendable) => void;
  busyId: string | null;
  dialog: ReactNode;
} {
  const t = useT();
  const tenant = useTenant();
  const queries = useQueryClient();
  const canEnable = useCan("webhooks");
  const [busyId, setBusyId] = useState<string | null>(null);
  const [held, setHeld] = useState<Resendable | null>(null);

  const send = async (event: Resendable) => {
    if (busyId !== null) return;
    setBusyId(event._id);
    try {
      const path = { webhookId: event.webhookId, eventId: event._id };
      const resent = await call("resendWebhookEvent", { path });
      onResent?.(resent);
      toastDone(t("resend.done"));
      say(t("resend.done"));
      await queries.invalidateQueries({ queryKey: ["event", event._id] });
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "WEBHOOK_DISABLED") setHeld(event);
      else toastProblem(t, error);
    } finally {
      setBusyId(null);
    }
  };

  const enableAndSend = async (event: Resendable) => {
    setHeld(null);
    try {
      await call("updateWebhook", { path: { webhookId: event.webhookId }, body: { isDisabled: false } });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["webhooks", tenant.appId, tenant.appEnv] }),
        queries.invalidateQueries({ queryKey: ["webhook", event.webhookId] }),
      ]);
      await send(event);
    } catch (error) {
      toastProblem(t, error);
    }
  };

  const dialog = (
    <Modal
      opened={held !== null}
      onClose={() => setHeld(null)}
      title={t("resend.held.title")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <Stack>
        <Text>{t(canEnable ? "resend.held.text" : "resend.held.forbidden")}</Text>
        <Group justify="end">
          <Button variant="default" onClick={() => setHeld(null)}>
            {t("parts.cancel")}
          </Button>
          {canEnable && held !== null ? (
            <Button data-autofocus onClick={() => void enableAndSend(held)}>
              {t("resend.held.enable")}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
  return { resend: useStableCallback((event) => void send(event)), busyId, dialog };
}

/** {@link useResend} for the event whose details are on the page: they follow at once. */
export function useShownResend(eventId: string): ReturnType<typeof useResend> {
  const queries = useQueryClient();
  return useResend((resent) => {
    queries.setQueriesData<ReadEvent>({ queryKey: ["event", eventId], exact: true }, (old) =>
      old === undefined ? old : { ...old, event: { ...old.event, ...resent, content: old.event.content } },
    );
  });
}
