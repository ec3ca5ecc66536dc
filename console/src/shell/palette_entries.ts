/** What the palette offers for a text: an id opens what it names; words find pages, actions and applications. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import type { Translate } from "../i18n/i18n.ts";
import { useT } from "../i18n/i18n.ts";
import { labelText } from "../parts/label_text.ts";
import { toastProblem } from "../parts/toast.ts";
import { useCan, useSession } from "../session.ts";
import { APP_ENVS } from "../tenant.ts";
import { firstApplicationsQuery } from "./first_applications.ts";
import { useOpenPages } from "./pages.ts";

/** One thing to choose; `group` says what kind of thing it is. */
export type PaletteEntry = { id: string; label: string; group: string; run: () => void };
type Place = { id: string; label: string; group: string; path: string };

const ENTRIES_MAX = 16;
const WEBHOOK_ID = /\bwhk_[\w-]+/;

/** At most 16, the best first. */
export function usePaletteEntries(query: string): PaletteEntry[] {
  const t = useT();
  const navigate = useNavigate();
  const openWebhook = useWebhookOpening();
  const base = useTenantBase();
  const places = [...useTenantPlaces(base), ...useOperatorPlaces()];
  const entryOf = ({ path, ...entry }: Place): PaletteEntry => ({
    ...entry,
    run: () => void navigate({ href: path }),
  });
  const group = t("palette.group.ids");
  if (base === null) {
    const id = WEBHOOK_ID.exec(query)?.[0];
    if (id !== undefined)
      return [{ id, label: t("palette.openWebhook", { id }), group, run: () => void openWebhook(id) }];
  } else {
    const named = idPlace(query, t);
    if (named !== null) return [entryOf({ ...named, id: named.path, group, path: `${base}/${named.path}` })];
  }
  const words = query.toLowerCase();
  const found = places.filter(({ label }) => label.toLowerCase().includes(words));
  if (base !== null && query !== "") {
    const path = `${base}/events?q=${encodeURIComponent(query)}`;
    found.splice(ENTRIES_MAX - 1, found.length, {
      id: "search",
      label: t("palette.searchEvents", { text: query }),
      group,
      path,
    });
  }
  return found.slice(0, ENTRIES_MAX).map(entryOf);
}

/** Where the pages of the environment begin; null on the operator's own pages. */
function useTenantBase(): string | null {
  const { appId, appEnv } = useParams({ strict: false });
  return appId === undefined || appEnv === undefined ? null : `/a/${encodeURIComponent(appId)}/${appEnv}`;
}

function useTenantPlaces(base: string | null): Place[] {
  const t = useT();
  const canManage = useCan("webhooks");
  const pages = useOpenPages();
  if (base === null) return [];
  const group = t("palette.group.pages");
  const places = pages.map(({ name }) => ({ id: name, label: t(`shell.nav.${name}`), group, path: `${base}/${name}` }));
  if (!canManage) return places;
  const add = { id: "add", label: t("palette.addWebhook"), group: t("palette.group.actions") };
  return [...places, { ...add, path: `${base}/webhooks/new` }];
}

/** The operator's own pages, and every environment of the applications. */
function useOperatorPlaces(): Place[] {
  const t = useT();
  const isOperator = useSession()?.kind === "operator";
  const { data } = useQuery({ ...firstApplicationsQuery, enabled: isOperator });
  if (!isOperator) return [];
  const group = t("palette.group.pages");
  const environments = (data?.items ?? []).flatMap(({ appId, appName }) =>
    APP_ENVS.map((appEnv) => ({
      id: `${appId} ${appEnv}`,
      label: `${labelText(appName)} · ${appEnv}`,
      group: t("shell.nav.applications"),
      path: `/a/${encodeURIComponent(appId)}/${appEnv}/overview`,
    })),
  );
  return [
    { id: "/", label: t("shell.nav.applications"), group, path: "/" },
    { id: "/system", label: t("shell.nav.system"), group, path: "/system" },
    ...environments,
  ];
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
