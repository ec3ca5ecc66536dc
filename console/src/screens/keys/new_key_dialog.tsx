/** Makes a key: a name, what it may do, until when; then shows it, this once. */
import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { CodeBlock } from "../../parts/code_block.tsx";
import { Failure } from "../../parts/states.tsx";
import { useSession } from "../../session.ts";
import type { TenantPath } from "../../tenant.ts";
import { useTenant } from "../../tenant.ts";
import type { ApiKey } from "./key_state.ts";

type Scope = ApiKey["scopes"][number];

const SCOPES = ["webhooks", "events", "tokens", "admin"] as const satisfies readonly Scope[];
const STANDARD_SCOPES: readonly Scope[] = ["webhooks", "events", "tokens"];
const EXPIRIES = ["30", "90", "365", "never"] as const;
const DAY_MS = 86_400_000;

/** `replaced`: the key that the new one is to take over from, whose name and scopes it is offered. */
export function NewKeyDialog({ replaced, onClose }: { replaced: ApiKey | null; onClose: () => void }) {
  const t = useT();
  const [made, setMade] = useState<Answer<"createApiKey"> | null>(null);
  const title = made === null ? t("keys.form.title") : t("keys.made.title");
  return (
    <Modal opened onClose={onClose} size="lg" title={title} closeButtonProps={{ "aria-label": t("parts.close") }}>
      {made === null ? (
        <NewKeyForm replaced={replaced} onMade={setMade} onClose={onClose} />
      ) : (
        <MadeKey made={made} isRotating={replaced !== null} onClose={onClose} />
      )}
    </Modal>
  );
}

function NewKeyForm({
  replaced,
  onMade,
  onClose,
}: {
  replaced: ApiKey | null;
  onMade: (made: Answer<"createApiKey">) => void;
  onClose: () => void;
}) {
  const t = useT();
  const tenant = useTenant();
  const session = useSession();
  const queryClient = useQueryClient();
  const [name, setName] = useState(replaced?.name ?? "");
  const [scopes, setScopes] = useState<readonly Scope[]>(replaced?.scopes ?? STANDARD_SCOPES);
  const [expiry, setExpiry] = useState<(typeof EXPIRIES)[number]>("90");
  const [openedAt] = useState(() => Date.now());
  const days = Number(expiry);
  const expiresAt = expiry === "never" ? null : new Date(openedAt + days * DAY_MS).toISOString();
  const body = { name: name.trim(), scopes: [...scopes], expiresAt };
  const create = useMutation({
    mutationFn: () => call("createApiKey", { path: tenant, body }),
    onSuccess: (made) => {
      onMade(made);
      void queryClient.invalidateQueries({ queryKey: ["keys", tenant.appId, tenant.appEnv] });
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (scopes.length > 0) create.mutate();
  };
  const mayGive = (scope: Scope): boolean => session?.kind === "operator" || session?.scopes.includes(scope) === true;
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t("keys.form.name")}
          description={t("keys.form.nameHint")}
          value={name}
          maxLength={128}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group
          label={t("keys.form.scopes")}
          value={[...scopes]}
          onChange={(values) => setScopes(SCOPES.filter((scope) => values.includes(scope)))}
          error={scopes.length === 0 ? t("keys.form.scopesMissing") : null}
        >
          <Stack gap="xs" mt="xs">
            {SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={t(`keys.scopeName.${scope}`)}
                description={mayGive(scope) ? t(`keys.scope.${scope}`) : t("keys.form.scopeNotYours")}
                disabled={!mayGive(scope)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect
          label={t("keys.form.expiry")}
          value={expiry}
          data={EXPIRIES.map((value) => ({ value, label: t(`keys.form.expiry.${value}`) }))}
          onChange={(event) => setExpiry(EXPIRIES.find((each) => each === event.currentTarget.value) ?? "90")}
        />
        {create.error === null ? null : <Failure error={create.error} />}
        <Group justify="space-between">
          <ApiCallButton id="createApiKey" args={{ path: tenant, body }} />
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("parts.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={scopes.length === 0}>
              {t("keys.create")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

function MadeKey({
  made,
  isRotating,
  onClose,
}: {
  made: Answer<"createApiKey">;
  isRotating: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const tenant = useTenant();
  return (
    <Stack>
      <Alert color="yellow">{t("keys.made.once")}</Alert>
      <CodeBlock code={made.apiKey} what={t("keys.made.key")} />
      {isRotating ? <Text>{t("keys.made.rotating")}</Text> : null}
      <CodeBlock code={testCommand(tenant)} what={t("keys.made.test")} />
      <Group justify="end">
        <Button onClick={onClose} data-autofocus>
          {t("keys.made.done")}
        </Button>
      </Group>
    </Stack>
  );
}

/** A call that any key of the environment may make, without the key itself: it would stay in a shell's history. */
function testCommand({ appId }: TenantPath): string {
  const url = `${location.origin}/v4/applications/${encodeURIComponent(appId)}/context`;
  return `curl '${url}' \\\n  -H "authorization: Bearer $IGNISIGN_API_KEY"`;
}
