/** Every screen of the console, by its address: what accessibility, languages, schemes and screenshots are checked on. */
import type { ShownWorld } from "./world.ts";

/** One screen. `ready`: what is on it when its data is there. */
export type Screen = {
  name: string;
  path: (world: ShownWorld) => string;
  ready: string;
  key: "tenant" | "operator" | null;
};

/** All of them. */
export const SCREENS: readonly Screen[] = [
  { name: "sign_in", path: () => "/sign-in", ready: "form", key: null },
  { name: "applications", path: () => "/", ready: "main h1", key: "operator" },
  { name: "system", path: () => "/system", ready: "main table", key: "operator" },
  { name: "overview", path: ({ home }) => `${home}/overview`, ready: "main svg.recharts-surface", key: "tenant" },
  { name: "webhooks", path: ({ home }) => `${home}/webhooks`, ready: "main tbody tr", key: "tenant" },
  { name: "new_webhook", path: ({ home }) => `${home}/webhooks/new`, ready: "main form", key: "tenant" },
  {
    name: "webhook_events",
    path: ({ home, webhooks }) => `${home}/webhooks/${webhooks.failing}`,
    ready: "main tbody tr",
    key: "tenant",
  },
  {
    name: "webhook_settings",
    path: ({ home, webhooks }) => `${home}/webhooks/${webhooks.failing}?tab=settings`,
    ready: "main form",
    key: "tenant",
  },
  {
    name: "webhook_topics",
    path: ({ home, webhooks }) => `${home}/webhooks/${webhooks.healthy}?tab=topics`,
    ready: "main [role=tree]",
    key: "tenant",
  },
  {
    name: "webhook_test",
    path: ({ home, webhooks }) => `${home}/webhooks/${webhooks.healthy}?send=test`,
    ready: "[role=dialog] form",
    key: "tenant",
  },
  {
    name: "webhook_snippets",
    path: ({ home, webhooks }) => `${home}/webhooks/${webhooks.healthy}?tab=snippets`,
    ready: "main pre",
    key: "tenant",
  },
  {
    name: "webhook_activity",
    path: ({ home, webhooks }) => `${home}/webhooks/${webhooks.gone}?tab=activity`,
    ready: "main tbody tr",
    key: "tenant",
  },
  {
    name: "topics",
    path: ({ home, webhooks }) => `${home}/webhooks/${webhooks.healthy}/topics`,
    ready: "main [role=tree]",
    key: "tenant",
  },
  { name: "events", path: ({ home }) => `${home}/events`, ready: "main tbody tr", key: "tenant" },
  { name: "events_no_match", path: ({ home }) => `${home}/events?q=nothing-has-this`, ready: "main h2", key: "tenant" },
  {
    name: "event_drawer",
    path: ({ home, events }) => `${home}/events?filter=failed&event=${events.failed}`,
    ready: "[role=dialog] .cm-content",
    key: "tenant",
  },
  {
    name: "event",
    path: ({ home, webhooks, events }) => `${home}/webhooks/${webhooks.failing}/events/${events.failed}`,
    ready: "main .cm-content",
    key: "tenant",
  },
  { name: "live", path: ({ home }) => `${home}/live`, ready: "main [role=log]", key: "tenant" },
  { name: "jobs", path: ({ home }) => `${home}/jobs`, ready: "main tbody tr", key: "tenant" },
  {
    name: "job",
    path: ({ home, failedJob }) => `${home}/jobs/${failedJob}`,
    ready: "main tbody tr",
    key: "tenant",
  },
  { name: "catalogue", path: ({ home }) => `${home}/catalogue`, ready: "main [role=tree]", key: "tenant" },
  {
    name: "catalogue_action",
    path: ({ home }) => `${home}/catalogue/SIGNATURE/SIGNATURE_SUCCESS`,
    ready: "main pre",
    key: "tenant",
  },
  { name: "debugger", path: ({ home }) => `${home}/debugger`, ready: "main form", key: "tenant" },
  { name: "keys", path: ({ home }) => `${home}/keys`, ready: "main tbody tr", key: "tenant" },
  { name: "audit", path: ({ home }) => `${home}/audit`, ready: "main tbody tr", key: "tenant" },
  { name: "settings", path: ({ home }) => `${home}/settings`, ready: "main form", key: "tenant" },
];
