/** Makes an application with its four environments. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { SubmitEvent } from "react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { Failure } from "../../parts/states.tsx";
import { toastDone } from "../../parts/toast.ts";

/** Leads into the new application's DEVELOPMENT environment. */
export function NewApplicationDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [id, setId] = useState("");
  const body = { appName: name.trim(), ...(id.trim() === "" ? {} : { appId: id.trim() }) };
  const create = useMutation({
    mutationFn: () => call("createApplication", { body }),
    onSuccess: ({ appId }) => {
      toastDone(t("applications.form.done"));
      void queryClient.invalidateQueries({ queryKey: ["applications"] });
      onClose();
      void navigate({ to: "/a/$appId/$appEnv/overview", params: { appId, appEnv: "DEVELOPMENT" } });
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("applications.form.title")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("applications.form.name")}
            value={name}
            maxLength={128}
            required
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t("applications.form.id")}
            description={t("applications.form.idHint")}
            value={id}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setId(event.currentTarget.value)}
          />
          {create.error === null ? null : <Failure error={create.error} />}
          <Group justify="space-between">
            <ApiCallButton id="createApplication" args={{ body }} />
            <Button type="submit" loading={create.isPending} disabled={body.appName === ""}>
              {t("applications.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
