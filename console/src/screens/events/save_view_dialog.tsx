/** Gives the filters in force a name: for whoever uses this browser, or for everybody in the environment. */
import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ProblemWords } from "../../parts/problem_words.tsx";
import { Failure } from "../../parts/states.tsx";
import { toastDone } from "../../parts/toast.ts";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import type { EventsSearch } from "./events_search.ts";
import { newSharedView, VIEW_NAME_CHARS_MAX } from "./saved_views.ts";
import { useViewSaving } from "./shared_views.ts";

/** Open from the start. `onKeep` keeps the view in this browser. */
export default function SaveViewDialog({
  search,
  onKeep,
  onClose,
}: {
  search: EventsSearch;
  onKeep: (name: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const tenant = useTenant();
  const canShare = useCan("events");
  const [text, setText] = useState("");
  const [isShared, setShared] = useState(false);
  const saved = (name: string): void => {
    toastDone(t("events.views.kept", { name }));
    onClose();
  };
  const saving = useViewSaving(({ name }) => saved(name));
  const { error } = saving;
  const isTaken = error instanceof ApiProblem && error.code === "VIEW_ALREADY_EXISTS";
  const name = text.trim();
  const save = (): void => {
    if (name === "" || saving.isPending) return;
    if (isShared) return saving.mutate({ name, search });
    onKeep(name);
    saved(name);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("events.views.keep")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack>
          <Text size="sm">{t("events.views.keepHint")}</Text>
          <TextInput
            label={t("events.views.name")}
            required
            maxLength={VIEW_NAME_CHARS_MAX}
            value={text}
            error={isTaken ? <ProblemWords error={error} /> : null}
            onChange={({ currentTarget }) => {
              setText(currentTarget.value);
              saving.reset();
            }}
            data-autofocus
          />
          <Radio.Group
            label={t("events.views.for")}
            value={isShared ? "shared" : "mine"}
            onChange={(value) => {
              setShared(value === "shared");
              saving.reset();
            }}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="mine" label={t("events.views.forMe")} description={t("events.views.forMeHint")} />
              <Radio
                value="shared"
                label={t("events.views.forAll", { appEnv: tenant.appEnv })}
                description={t(canShare ? "events.views.forAllHint" : "events.views.forbidden")}
                disabled={!canShare}
              />
            </Stack>
          </Radio.Group>
          {error === null || isTaken ? null : <Failure error={error} />}
          <Group justify="space-between">
            <div>
              {isShared ? (
                <ApiCallButton id="createView" args={{ path: tenant, body: newSharedView({ name, search }) }} />
              ) : null}
            </div>
            <Button type="submit" loading={saving.isPending}>
              {t("parts.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
