/** Pauses and resumes all deliveries of the installation: the operator's switch for maintenance. */
import { Alert, Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ConfirmDialog } from "../../parts/confirm_dialog.tsx";
import { toastProblem } from "../../parts/toast.ts";

/** Pausing asks first; resuming does not. */
export function PauseSwitch({ isPaused }: { isPaused: boolean }) {
  const t = useT();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const change = useMutation({
    mutationFn: (wanted: boolean) => call("updateSystem", { body: { isPaused: wanted } }),
    onSuccess: (system) => queryClient.setQueryData(["system"], system),
    onError: (error) => toastProblem(t, error),
    onSettled: () => setAsking(false),
  });
  return (
    <Alert color={isPaused ? "red" : "green"} title={t("system.deliveries")}>
      <Group justify="space-between">
        <Text size="sm" role="status">
          {t(isPaused ? "system.deliveries.paused" : "system.deliveries.on")}
        </Text>
        <Group gap="xs">
          <ApiCallButton id="updateSystem" args={{ body: { isPaused: !isPaused } }} />
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => (isPaused ? change.mutate(false) : setAsking(true))}
          >
            {t(isPaused ? "system.resume" : "system.pause")}
          </Button>
        </Group>
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={t("system.pause.title")}
        action={t("system.pause")}
        typed={null}
        isBusy={change.isPending}
        onConfirm={() => change.mutate(true)}
        onClose={() => setAsking(false)}
      >
        <Text>{t("system.pause.text")}</Text>
      </ConfirmDialog>
    </Alert>
  );
}
