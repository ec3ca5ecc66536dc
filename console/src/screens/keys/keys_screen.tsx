/** The API keys of the environment: who may do what, until when, and which are worth a look. */
import { Alert, Badge, Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import type { Translate } from "../../i18n/i18n.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { ConfirmDialog } from "../../parts/confirm_dialog.tsx";
import type { Column } from "../../parts/table_row.tsx";
import { DataTable } from "../../parts/data_table.tsx";
import { FocusReturn } from "../../parts/focus_return.tsx";
import { labelText } from "../../parts/label_text.ts";
import { useNow } from "../../parts/now.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { Empty, Failure, Loading } from "../../parts/states.tsx";
import { relativeText, RelativeTime } from "../../parts/time_text.tsx";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { useTenant } from "../../tenant.ts";
import type { ApiKey } from "./key_state.ts";
import { isExpired, keyWarnings, replacedKeys } from "./key_state.ts";
import { KeysExport } from "./keys_export.tsx";
import { NewKeyDialog } from "./new_key_dialog.tsx";

const MINUTE_MS = 60_000;

type KeyDialog = { kind: "create"; replaced: ApiKey | null } | { kind: "revoke"; key: ApiKey };

/** The list, and the dialogs that change it. */
export function KeysScreen() {
  const t = useT();
  const tenant = useTenant();
  const now = useNow(MINUTE_MS);
  const [dialog, setDialog] = useState<KeyDialog | null>(null);
  const keys = useInfiniteQuery({
    queryKey: ["keys", tenant.appId, tenant.appEnv],
    queryFn: ({ pageParam, signal }) =>
      call("listApiKeys", {
        path: tenant,
        query: pageParam === null ? { limit: 100 } : { limit: 100, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const close = (): void => setDialog(null);
  const rows = keys.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = keyColumns(t, now, {
    rotate: (key) => setDialog({ kind: "create", replaced: key }),
    revoke: (key) => setDialog({ kind: "revoke", key }),
  });
  return (
    <>
      <PageTitle title={t("keys.title")}>
        <ApiCallButton id="listApiKeys" args={{ path: tenant }} />
        <Button
          leftSection={<IconPlus size={16} stroke={1.6} aria-hidden />}
          onClick={() => setDialog({ kind: "create", replaced: null })}
        >
          {t("keys.create")}
        </Button>
      </PageTitle>
      <Stack>
        {replacedKeys(rows, now).map(({ key, days }) => (
          <Alert key={key._id} color="blue">
            <Group justify="space-between">
              <Text size="sm">{t("keys.rotate.unused", { name: nameOf(key, t), days })}</Text>
              <Button size="xs" variant="default" onClick={() => setDialog({ kind: "revoke", key })}>
                {t("keys.revoke")}
              </Button>
            </Group>
          </Alert>
        ))}
        {keys.error === null ? null : (
          <Failure error={keys.error} onRetry={() => void keys.refetch()} dataAt={keys.dataUpdatedAt} />
        )}
        {keys.isPending ? <Loading /> : null}
        {keys.data !== undefined && rows.length === 0 ? (
          <Empty title={t("keys.empty.title")}>
            <Text>{t("keys.empty.text")}</Text>
          </Empty>
        ) : null}
        {rows.length === 0 ? null : (
          <DataTable
            label={t("keys.list")}
            columns={columns}
            rows={rows}
            rowKey={(key) => key._id}
            rowLabel={(key) => nameOf(key, t)}
            toolbar={<KeysExport />}
            total={keys.data?.pages[0]?.searchData.total ?? null}
            hasMore={keys.hasNextPage}
            isLoadingMore={keys.isFetchingNextPage}
            onLoadMore={() => void keys.fetchNextPage()}
          />
        )}
      </Stack>
      {dialog?.kind === "create" ? (
        <FocusReturn>
          <NewKeyDialog replaced={dialog.replaced} onClose={close} />
        </FocusReturn>
      ) : null}
      {dialog?.kind === "revoke" ? (
        <FocusReturn>
          <RevokeDialog apiKey={dialog.key} onClose={close} />
        </FocusReturn>
      ) : null}
    </>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const t = useT();
  const tenant = useTenant();
  const locale = useLocale();
  const now = useNow(MINUTE_MS);
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => call("revokeApiKey", { path: { ...tenant, keyId: apiKey._id } }),
    onSuccess: () => {
      toastDone(t("keys.revoked"));
      onClose();
      void queryClient.invalidateQueries({ queryKey: ["keys", tenant.appId, tenant.appEnv] });
    },
    onError: (error) => toastProblem(t, error),
  });
  const name = nameOf(apiKey, t);
  const used = apiKey.lastUsedAt;
  const when = used === null ? null : (relativeText(Date.parse(used) - now, locale) ?? used.slice(0, 10));
  return (
    <ConfirmDialog
      isOpen
      title={t("keys.revoke.title")}
      action={t("keys.revoke")}
      typed={tenant.appEnv === "PRODUCTION" ? name : null}
      isBusy={revoke.isPending}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <Text>{t("keys.revoke.text", { name, prefix: apiKey.prefix })}</Text>
      <Text size="sm">{when === null ? t("keys.neverUsed") : t("keys.revoke.used", { when })}</Text>
      <ApiCallButton id="revokeApiKey" args={{ path: { ...tenant, keyId: apiKey._id } }} />
    </ConfirmDialog>
  );
}

function keyColumns(
  t: Translate,
  now: number,
  actions: { rotate: (key: ApiKey) => void; revoke: (key: ApiKey) => void },
): Column<ApiKey>[] {
  return [
    { id: "name", header: t("keys.column.name"), isFixed: true, cell: (key) => nameOf(key, t) },
    {
      id: "prefix",
      header: t("keys.column.prefix"),
      isExtra: true,
      cell: (key) => <span className="mono">{labelText(key.prefix)}…</span>,
    },
    {
      id: "scopes",
      header: t("keys.column.scopes"),
      isWideOnly: true,
      cell: (key) => key.scopes.map((scope) => t(`keys.scopeName.${scope}`)).join(", "),
    },
    {
      id: "state",
      header: t("keys.column.state"),
      cell: (key) => <KeyState apiKey={key} now={now} />,
    },
    {
      id: "lastUsed",
      header: t("keys.column.lastUsed"),
      cell: (key) => <LastUse apiKey={key} />,
    },
    {
      id: "expires",
      header: t("keys.column.expires"),
      cell: ({ expiresAt }) => (expiresAt === null ? t("keys.never") : <RelativeTime at={expiresAt} />),
    },
    {
      id: "created",
      header: t("keys.column.created"),
      isExtra: true,
      cell: ({ _createdAt }) => <RelativeTime at={_createdAt} />,
    },
    {
      id: "createdBy",
      header: t("keys.column.createdBy"),
      isWideOnly: true,
      cell: ({ createdBy }) => labelText(createdBy ?? ""),
    },
    {
      id: "actions",
      header: t("keys.column.actions"),
      isFixed: true,
      isPinned: true,
      cell: (key) => (
        <Group gap="xs" wrap="nowrap">
          <Button size="compact-sm" variant="default" onClick={() => actions.rotate(key)}>
            {t("keys.rotate")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => actions.revoke(key)}>
            {t("keys.revoke")}
          </Button>
        </Group>
      ),
    },
  ];
}

function KeyState({ apiKey, now }: { apiKey: ApiKey; now: number }) {
  const t = useT();
  const networks = labelText(apiKey.networks.join(", "));
  const warnings = keyWarnings(apiKey, now).map((warning) => t(`keys.warning.${warning}`, { networks }));
  const isOver = isExpired(apiKey, now);
  return (
    <Group gap={6} wrap="nowrap">
      <Badge color={isOver ? "red" : "green"} variant="light" tt="none" miw="max-content">
        {t(isOver ? "keys.state.expired" : "keys.state.active")}
      </Badge>
      {warnings.length === 0 ? null : (
        <Tooltip label={warnings.join(" ")} multiline maw={320}>
          <span tabIndex={0} role="img" aria-label={t("keys.warning.title", { what: warnings.join(" ") })}>
            <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
          </span>
        </Tooltip>
      )}
    </Group>
  );
}

function LastUse({ apiKey: { lastUsedAt, lastUsedIp } }: { apiKey: ApiKey }) {
  const t = useT();
  if (lastUsedAt === null) return t("keys.neverUsed");
  return (
    <>
      <RelativeTime at={lastUsedAt} />
      {lastUsedIp === null ? null : (
        <Text size="xs" c="dimmed">
          {t("keys.fromAddress", { ip: lastUsedIp })}
        </Text>
      )}
    </>
  );
}

function nameOf({ name }: ApiKey, t: Translate): string {
  return name === "" ? t("keys.unnamed") : labelText(name);
}
