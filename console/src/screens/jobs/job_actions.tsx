/** What can be done with a job: pause, resume, cancel; afterwards its failures can be sent again. */
import { Button, Group, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import type { MessageId } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { ConfirmDialog } from "../../parts/confirm_dialog.tsx";
import { toastProblem } from "../../parts/toast.ts";
import { useTenant } from "../../tenant.ts";
import type { Job } from "./job_reads.ts";
import { isOpen, useJobUpdate } from "./job_reads.ts";
import { openingKey } from "./resend_request.ts";

type Change = "pauseJob" | "resumeJob" | "cancelJob";

const SAID: Record<Change, MessageId> = {
  pauseJob: "jobs.said.paused",
  resumeJob: "jobs.said.resumed",
  cancelJob: "jobs.said.cancelled",
};

/** The buttons that make sense in the job's state. */
export function JobActions({ job }: { job: Job }) {
  const t = useT();
  const tenant = useTenant();
  const update = useJobUpdate();
  const [isAsking, asking] = useDisclosure(false);
  const change = useMutation({
    mutationFn: (id: Change) => call(id, { path: { ...tenant, jobId: job._id } }),
    onSuccess: (changed, id) => {
      update(changed);
      say(t(SAID[id]));
      asking.close();
    },
    onError: (error) => {
      toastProblem(t, error);
      asking.close();
    },
  });
  if (!isOpen(job)) return <RerunButton job={job} />;
  const isPaused = job.status === "PAUSED";
  return (
    <Group gap="xs">
      <Button
        variant="default"
        loading={change.isPending && !isAsking}
        leftSection={isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
        onClick={() => change.mutate(isPaused ? "resumeJob" : "pauseJob")}
      >
        {t(isPaused ? "jobs.resume" : "jobs.pause")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={asking.open}
        disabled={change.isPending}
      >
        {t("jobs.cancel")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={t("jobs.cancel.title")}
        action={t("jobs.cancel")}
        typed={null}
        isBusy={change.isPending}
        onConfirm={() => change.mutate("cancelJob")}
        onClose={asking.close}
      >
        <Text>{t("jobs.cancel.text", { count: Math.max(0, job.total - job.processed) })}</Text>
      </ConfirmDialog>
    </Group>
  );
}

/** Nothing where nothing failed. */
function RerunButton({ job }: { job: Job }) {
  const t = useT();
  const tenant = useTenant();
  const navigate = useNavigate();
  const update = useJobUpdate();
  // A double click starts one job; who comes back later may start another.
  const [idempotencyKey] = useState(openingKey);
  const rerun = useMutation({
    mutationFn: () => call("rerunJob", { path: { ...tenant, jobId: job._id }, idempotencyKey }),
    onSuccess: (started) => {
      update(started);
      void navigate({ to: "/a/$appId/$appEnv/jobs/$jobId", params: { ...tenant, jobId: started._id } });
    },
    onError: (error) => toastProblem(t, error),
  });
  if (job.failed === 0) return null;
  return (
    <Tooltip label={t("jobs.rerun.hint")}>
      <Button
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={rerun.isPending}
        onClick={() => rerun.mutate()}
      >
        {t("jobs.rerun")}
      </Button>
    </Tooltip>
  );
}
