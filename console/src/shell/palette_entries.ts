/** What the palette offers for a text: an id opens what it names; words find pages, actions and applications. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import type { Translate } from "../i18n/i18n.ts";
import { useT } from "../i18n/i18n.ts";
import { labelText } from "../parts/label_text.ts";
import { toastProblem } from "../parts/toast.ts";
import { useCan, useSession } from "../session.ts";
import type { AppEnv } from "../tenant.ts";
import { APP_ENVS } from "../tenant.ts";
import { firstApplicationsQuery } from "./first_applications.ts";
import { usePaletteActions } from "./palette_actions.ts";
import { useOpenPages } from "./pages.ts";

/** One thing to choose; `group` says what kind of thing it is. */
export type PaletteEntry = { id: string; label: string; group: string; run: () => void };
type Place = { id: string; label: string; group: string; path: string };

const ENTRIES_MAX = 20;
const WEBHOOK_ID = /\bwhk_[\w-]+/;
const APPLICATION_ID = /\bappId_[\w-]+/;

/** At most 20, the best first. */
export function usePaletteEntries(query: string): PaletteEntry[] {
  const t = useT();
  const navigate = useNavigate();
  const openWebhook = useWebhookOpening();
  const base = useTenantBase();
  const actions = usePaletteActions();
  const isOperator = useSession()?.kind === "operator";
  const tenantPlaces = useTenantPlaces(base);
  const operatorPlaces = useOperatorPlaces(isOperator);
  const entryOf = ({ path, ...entry }: Place): PaletteEntry => ({
    ...entry,
    run: () => void navigate({ href: path }),
  });
  const group = t("palette.group.ids");
  const applicationId = APPLICATION_ID.exec(query)?.[0];
  if (isOperator && applicationId !== undefined) {
    return environmentPlaces(applicationId).map(({ appEnv, path }) =>
      entryOf({ id: path, label: t("palette.openApplication", { id: applicationId, appEnv }), group, path }),
    );
  }
  if (base === null) {
    const id = WEBHOOK_ID.exec(query)?.[0];
    if (id !== undefined)
      return [{ id, label: t("palette.openWebhook", { id }), group, run: () => void openWebhook(id) }];
  } else {
    const named = idPlace(query, t);
    if (named !== null) return [entryOf({ ...named, id: named.path, group, path: `${base}/${named.path}` })];
  }
  const words = query.toLowerCase();
  const entries = [...tenantPlaces.map(entryOf), ...actions, ...operatorPlaces.map(entryOf)];
  const found = entries.filter(({ label }) => label.toLowerCase().includes(words));
  if (base !== null && query !== "") {
    const path = `${base}/events?q=${encodeURIComponent(query)}`;
    const label = t("palette.searchEvents", { text: query });
    found.splice(ENTRIES_MAX - 1, found.length, entryOf({ id: "search", label, group, path }));
  }
  return found.slice(0, ENTRIES_MAX);
}

/** Where the pages of the environment begin; null on the operator's own pages. */
function useTenantBase(): string | null {
  const { appId, appEnv } = useParams({ strict: false });
  return appId === undefined || appEnv === undefined ? null : `/a/${encodeURIComponent(appId)}/${appEnv}`;
}

function useTenantPlaces(base: string | null): Place[] {
  const t = useT();
  const canManage = useCan("webhooks");
  const canResend = useCan("events");
  const pages = useOpenPages();
  if (base === null) return [];
  const group = t("palette.group.pages");
  const places = pages.map(({ name }): Place => ({
    id: name,
    label: t(`shell.nav.${name}`),
    group,
    path: `${base}/${name}`,
  }));
  const actions = t("palette.group.actions");
  if (canManage) {
    places.push({ id: "add", label: t("palette.addWebhook"), group: actions, path: `${base}/webhooks/new` });
  }
  if (canResend) {
    places.push({ id: "resend", label: t("palette.resendMany"), group: actions, path: `${base}/jobs?start=resend` });
  }
  return places;
}

/** The operator's own pages, and every environment of the applications. */
function useOperatorPlaces(isOperator: boolean): Place[] {
  const t = useT();
  const { data } = useQuery({ ...firstApplicationsQuery, enabled: isOperator });
  if (!isOperator) return [];
  const group = t("palette.group.pages");
  const environments = (data?.items ?? []).flatMap(({ appId, appName }) =>
    environmentPlaces(appId).map(({ appEnv, path }) => ({
      id: path,
      label: `${labelText(appName)} · ${appEnv}`,
      group: t("shell.nav.applications"),
      path,
    })),
  );
  return [
    { id: "/", label: t("shell.nav.applications"), group, path: "/" },
    { id: "/system", label: t("shell.nav.system"), group, path: "/system" },
    ...environments,
  ];
}

function environmentPlaces(appId: string): { appEnv: AppEnv; path: string }[] {
  return APP_ENVS.map((appEnv) => ({ appEnv, path: `/a/${encodeURIComponent(appId)}/${appEnv}/overview` }));
}

/** Opens a webhook of which the environment is not known yet: the webhook tells it. */
function useWebhookOpening(): (webhookId: string) => Promise<void> {
  const t = useT();
  const navigate = useNavigate();
  return async (webhookId) => {
    try {
      const { appId, appEnv } = await call("getWebhook", { path: { webhookId } });
      await navigate({ to: "/a/$appId/$appEnv/webhooks/$webhookId", params: { appId, appEnv, webhookId } });
    } catch (error) {
      toastProblem(t, error);
    }
  };
}

/** The page of what an id in the text names, below the environment's pages. */
function idPlace(text: string, t: Translate): { label: string; path: string } | null {
  const id = /\b(evt|msg|whk|job)_[\w-]+/.exec(text)?.[0];
  if (id === undefined) return null;
  const encoded = encodeURIComponent(id);
  if (id.startsWith("evt_")) return { label: t("palette.openEvent", { id }), path: `events/${encoded}` };
  if (id.startsWith("msg_")) return { label: t("palette.openMessage", { id }), path: `events?q=${encoded}` };
  if (id.startsWith("job_")) return { label: t("palette.openJob", { id }), path: `jobs/${encoded}` };
  return { label: t("palette.openWebhook", { id }), path: `webhooks/${encoded}` };
}
