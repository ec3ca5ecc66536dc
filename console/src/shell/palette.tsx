/** The palette: pages, actions, and any pasted id, which opens what it names. */
import { Spotlight, spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { IconArrowRight, IconSearch } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Translate } from "../i18n/i18n.ts";
import { useT } from "../i18n/i18n.ts";
import { useCan } from "../session.ts";
import { TENANT_PAGES } from "./pages.ts";

type Entry = { id: string; label: string; group: string; run: () => void };

const ENTRIES_MAX = 12;

/** Mounted when it is opened for the first time; opens with each of its `openings`. */
export default function Palette({ openings }: { openings: number }) {
  const t = useT();
  useEffect(() => {
    if (openings > 0) spotlight.open();
  }, [openings]);
  const [query, setQuery] = useState("");
  const entries = useEntries(query.trim(), t);
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      clearQueryOnClose
      size="lg"
      title={t("palette.title")}
    >
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.title")}
        leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {entries.length === 0 ? <Spotlight.Empty>{t("palette.nothing")}</Spotlight.Empty> : null}
        {entries.map(({ id, label, group, run }) => (
          <Spotlight.Action
            key={id}
            label={label}
            description={group}
            leftSection={<IconArrowRight size={18} stroke={1.6} aria-hidden />}
            onClick={run}
          />
        ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useEntries(query: string, t: Translate): Entry[] {
  const navigate = useNavigate();
  const { appId, appEnv } = useParams({ strict: false });
  const canManage = useCan("webhooks");
  if (appId === undefined || appEnv === undefined) return [];
  const go = (path: string) => (): void => void navigate({ href: `/a/${encodeURIComponent(appId)}/${appEnv}/${path}` });
  const entry = (id: string, label: string, path: string, group: string): Entry => ({
    id,
    label,
    group,
    run: go(path),
  });
  const ids = idEntries(query, t).map(({ label, path }) => entry(path, label, path, t("palette.group.ids")));
  if (ids.length > 0) return ids;
  const pages = TENANT_PAGES.map(({ name }) => entry(name, t(`shell.nav.${name}`), name, t("palette.group.pages")));
  const actions = canManage
    ? [entry("webhooks/new", t("palette.addWebhook"), "webhooks/new", t("palette.group.actions"))]
    : [];
  const words = query.toLowerCase();
  const matching = [...pages, ...actions].filter(({ label }) => label.toLowerCase().includes(words));
  const search = entry(
    "search",
    t("palette.searchEvents", { text: query }),
    `events?q=${encodeURIComponent(query)}`,
    t("palette.group.ids"),
  );
  return [...matching, ...(query === "" ? [] : [search])].slice(0, ENTRIES_MAX);
}

function idEntries(text: string, t: Translate): { label: string; path: string }[] {
  const id = /\b(evt|msg|whk|job)_[\w-]+/.exec(text)?.[0];
  if (id === undefined) return [];
  const encoded = encodeURIComponent(id);
  if (id.startsWith("evt_")) return [{ label: t("palette.openEvent", { id }), path: `events/${encoded}` }];
  if (id.startsWith("msg_")) return [{ label: t("palette.openMessage", { id }), path: `events?q=${encoded}` }];
  if (id.startsWith("job_")) return [{ label: t("palette.openJob", { id }), path: `jobs/${encoded}` }];
  return [{ label: t("palette.openWebhook", { id }), path: `webhooks/${encoded}` }];
}
