/** Sends many events again: what exactly is counted first, then a job is started and its page is shown. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { SubmitEvent } from "react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { Failure } from "../../parts/states.tsx";
import { useTenant } from "../../tenant.ts";
import type { Job } from "./job_reads.ts";
import { useJobUpdate } from "./job_reads.ts";
import { ResendFields } from "./resend_fields.tsx";
import { ResendPreview, useResendCount } from "./resend_preview.tsx";
import type { ResendCall, ResendContext, ResendFilter, ResendForm } from "./resend_request.ts";
import { idempotencyKeyOf, openingKey, RATE_DEFAULT, isPassedOnly, resendCall, scopeFault } from "./resend_request.ts";

const DAY_MS = 86_400_000;
const NONE: readonly string[] = [];

type BulkResendProps = {
  /** Null: all webhooks, unless the filter names one. */
  webhookId: string | null;
  /** What the list behind the dialog shows; null without a list. */
  filter: ResendFilter | null;
  /** The rows selected in it. */
  eventIds?: readonly string[];
  isOpen: boolean;
  onClose: () => void;
};

/** Each opening begins anew. */
export function BulkResendDialog({ isOpen, onClose, ...props }: BulkResendProps) {
  const t = useT();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t("jobs.resend.title")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <ResendForm {...props} onClose={onClose} />
    </Modal>
  );
}

function ResendForm({ webhookId, filter, eventIds = NONE, onClose }: Omit<BulkResendProps, "isOpen">) {
  const t = useT();
  const tenant = useTenant();
  const navigate = useNavigate();
  const update = useJobUpdate();
  const [opening] = useState(openingKey);
  const [chosenWebhookId, setWebhookId] = useState(webhookId ?? filter?.webhookId ?? null);
  const context: ResendContext = { tenant, webhookId: chosenWebhookId, filter, eventIds };
  const [form, setForm] = useState<ResendForm>(() => firstForm(context));
  const request = resendCall(form, context);
  const count = useResendCount(tenant, request);
  const start = useMutation({
    mutationFn: async (wanted: ResendCall) => {
      const args = { idempotencyKey: idempotencyKeyOf(opening, wanted) };
      return (await callOf(wanted, args)) as Job; // without dryRun, 200 is the job of the same key
    },
    onSuccess: (job) => {
      update(job);
      onClose();
      void navigate({ to: "/a/$appId/$appEnv/jobs/$jobId", params: { ...tenant, jobId: job._id } });
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (request !== null && !start.isPending) start.mutate(request);
  };
  const toSend = request === null ? 0 : (count.data?.count ?? 0);
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ResendFields
          form={form}
          context={context}
          isWebhookFixed={webhookId !== null}
          onChange={(change) => setForm((old) => ({ ...old, ...change }))}
          onWebhook={setWebhookId}
        />
        <ResendPreview count={count} isComplete={request !== null} rate={form.rate} />
        {start.error === null ? null : <Failure error={start.error} />}
        <Group justify="space-between">
          <div>{request === null ? null : <ApiCallButton {...request} args={request} />}</div>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("parts.cancel")}
            </Button>
            <Button
              type="submit"
              loading={start.isPending || start.isSuccess}
              disabled={request === null || toSend === 0}
            >
              {t("jobs.resend.go", { count: toSend })}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** The same three calls as the union of requests has. */
function callOf(request: ResendCall, args: { idempotencyKey: string }): Promise<unknown> {
  switch (request.id) {
    case "resendEvents":
      return call(request.id, { path: request.path, body: request.body, ...args });
    case "resendWebhookEvents":
      return call(request.id, { path: request.path, body: request.body, ...args });
    case "replayWebhook":
      return call(request.id, { path: request.path, body: request.body, ...args });
  }
}

/** The selection where there is one, else what the list shows, else what failed in the last 24 hours. */
function firstForm(context: ResendContext): ResendForm {
  const hasList = context.filter !== null && scopeFault("filter", context) === null;
  const scope = context.eventIds.length > 0 ? "selected" : hasList ? "filter" : "failedSince";
  const since = new Date(Date.now() - DAY_MS).toISOString();
  return { scope, since, isSkippingPassed: !isPassedOnly(context), rate: RATE_DEFAULT };
}
