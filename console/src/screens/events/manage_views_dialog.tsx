/** The saved views, one's own and those that all share, each with a way to be rid of it. */
import { Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ConfirmDialog } from "../../parts/confirm_dialog.tsx";
import { FocusReturn } from "../../parts/focus_return.tsx";
import { labelText } from "../../parts/label_text.ts";
import { Failure, Loading } from "../../parts/states.tsx";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import type { SavedView } from "./saved_views.ts";
import type { SharedView } from "./shared_views.ts";
import { useSharedViews, useViewDeletion } from "./shared_views.ts";

/** Open from the start. */
export default function ManageViewsDialog({
  views,
  onRemove,
  onClose,
}: {
  views: readonly SavedView[];
  onRemove: (name: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const [deleted, setDeleted] = useState<SharedView | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnEscape={deleted === null}
      title={t("events.views.manage")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      <Stack>
        <Part title={t("events.views.mine")}>
          {views.length === 0 ? <Text size="sm">{t("events.views.none")}</Text> : null}
          {views.map(({ name }) => (
            <Line key={name} name={name} onRemove={() => onRemove(name)} />
          ))}
        </Part>
        <Part title={t("events.views.shared")}>
          <SharedViews onDelete={setDeleted} />
        </Part>
      </Stack>
      {deleted === null ? null : (
        <FocusReturn>
          <DeleteDialog view={deleted} onClose={() => setDeleted(null)} />
        </FocusReturn>
      )}
    </Modal>
  );
}

function SharedViews({ onDelete }: { onDelete: (view: SharedView) => void }) {
  const t = useT();
  const tenant = useTenant();
  const canShare = useCan("events");
  const shared = useSharedViews(canShare);
  if (!canShare) return <Text size="sm">{t("events.views.forbidden")}</Text>;
  if (shared.isPending) return <Loading lines={2} />;
  return (
    <>
      {shared.error === null ? null : (
        <Failure error={shared.error} onRetry={() => void shared.refetch()} dataAt={shared.dataUpdatedAt} />
      )}
      {shared.data?.length === 0 ? <Text size="sm">{t("events.views.noneShared")}</Text> : null}
      {shared.data?.map((view) => (
        <Line key={view._id} name={view.name} onRemove={() => onDelete(view)} />
      ))}
      <Group>
        <ApiCallButton id="listViews" args={{ path: tenant }} />
      </Group>
    </>
  );
}

function DeleteDialog({ view, onClose }: { view: SharedView; onClose: () => void }) {
  const t = useT();
  const tenant = useTenant();
  const deletion = useViewDeletion((error) => {
    if (error === null) toastDone(t("events.views.deleted", { name: view.name }));
    else toastProblem(t, error);
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      title={t("events.views.delete.title")}
      action={t("events.views.delete")}
      typed={null}
      isBusy={deletion.isPending}
      onConfirm={() => deletion.mutate(view._id)}
      onClose={onClose}
    >
      <Text>{t("events.views.delete.text", { name: labelText(view.name), appEnv: tenant.appEnv })}</Text>
      <Group>
        <ApiCallButton id="deleteView" args={{ path: { ...tenant, viewId: view._id } }} />
      </Group>
    </ConfirmDialog>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={3} size="h5">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function Line({ name, onRemove }: { name: string; onRemove: () => void }) {
  const t = useT();
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {labelText(name)}
      </Text>
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        flex="none"
        leftSection={<IconTrash size={14} aria-hidden />}
        aria-label={t("events.views.remove", { name: labelText(name) })}
        onClick={onRemove}
      >
        {t("events.views.removeShort")}
      </Button>
    </Group>
  );
}
