/** The addresses of the console: which screen each shows, and what its search may hold. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  notFound,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import { lazyScreen } from "./lazy_screen.ts";
import { queryClient } from "./query_client.ts";
import { applicationsSearch } from "./screens/applications/applications_search.ts";
import { auditSearch } from "./screens/audit/audit_search.ts";
import { catalogueSearch } from "./screens/catalogue/catalogue_search.ts";
import { debuggerSearch } from "./screens/debugger/debugger_search.ts";
import { eventSearch, eventsSearch } from "./screens/events/events_search.ts";
import { jobsSearch } from "./screens/jobs/jobs_search.ts";
import { liveSearch } from "./screens/live/live_search.ts";
import { overviewSearch } from "./screens/overview/overview_search.ts";
import { webhookSearch } from "./screens/webhook/webhook_search.ts";
import { newWebhookSearch, webhooksSearch } from "./screens/webhooks/webhooks_search.ts";
import { searchOf, oneOf, parseSearch, stringifySearch, textOf } from "./search_params.ts";
import { sessionQuery } from "./session.ts";
import { NotFound, ScreenCrash, ScreenPending } from "./shell/dead_ends.tsx";
import { Root } from "./shell/root.tsx";
import { Shell } from "./shell/shell.tsx";
import { parseAppEnv } from "./tenant.ts";

const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  // `cols` are the columns of the page's table.
  validateSearch: (search: Record<string, unknown>) =>
    searchOf({ tz: oneOf(search["tz"], ["utc"]), cols: textOf(search["cols"]) }),
  // The time zone goes from page to page.
  search: { middlewares: [retainSearchParams(["tz"])] },
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  component: lazyScreen(() => import("./shell/sign_in_screen.tsx"), "SignInScreen", []),
  validateSearch: (search: Record<string, unknown>) => searchOf({ returnTo: textOf(search["returnTo"], 2_048) }),
});

/** Everything that needs a session. */
const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.query({ ...sessionQuery, staleTime: "static" });
    if (session === null) throw redirect({ to: "/sign-in", search: { returnTo: location.href }, replace: true });
    return { session };
  },
});

const chooseRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  component: lazyScreen(() => import("./screens/applications/applications_screen.tsx"), "ApplicationsScreen", [
    "applications",
  ]),
  validateSearch: applicationsSearch,
  beforeLoad: ({ context: { session } }) => {
    const { appId, appEnv } = session;
    if (appId === null || appEnv === null) return;
    throw redirect({ to: "/a/$appId/$appEnv/overview", params: { appId, appEnv }, replace: true });
  },
});

const systemRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/system",
  component: lazyScreen(() => import("./screens/system/system_screen.tsx"), "SystemScreen", ["settings"]),
});

const tenantRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/a/$appId/$appEnv",
  beforeLoad: ({ params }) => {
    if (parseAppEnv(params.appEnv) === null) throw notFound();
  },
});

const tenantIndexRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/a/$appId/$appEnv/overview", params, replace: true });
  },
});

const overviewRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/overview",
  component: lazyScreen(() => import("./screens/overview/overview_screen.tsx"), "OverviewScreen", [
    "charts",
    "overview",
    "webhook",
  ]),
  validateSearch: overviewSearch,
});

const webhooksRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks",
  component: lazyScreen(() => import("./screens/webhooks/webhooks_screen.tsx"), "WebhooksScreen", [
    "webhook",
    "webhooks",
  ]),
  validateSearch: webhooksSearch,
});

const newWebhookRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks/new",
  component: lazyScreen(() => import("./screens/webhooks/new_webhook_screen.tsx"), "NewWebhookScreen", [
    "snippets",
    "webhook",
    "webhook_form",
    "webhooks",
  ]),
  validateSearch: newWebhookSearch,
});

const webhookRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks/$webhookId",
  component: lazyScreen(() => import("./screens/webhook/webhook_screen.tsx"), "WebhookScreen", [
    "audit",
    "charts",
    "code",
    "event",
    "events",
    "failures",
    "jobs",
    "resend",
    "snippets",
    "webhook",
    "webhook_form",
    "webhooks",
  ]),
  validateSearch: webhookSearch,
});

const topicsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks/$webhookId/topics",
  component: lazyScreen(() => import("./screens/webhook/topics_screen.tsx"), "TopicsScreen", [
    "webhook",
    "webhook_form",
    "webhooks",
  ]),
});

const webhookEventRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks/$webhookId/events/$eventId",
  component: lazyScreen(() => import("./screens/event/event_screen.tsx"), "EventScreen", [
    "code",
    "event",
    "failures",
    "resend",
    "webhooks",
  ]),
  validateSearch: eventSearch,
});

const webhookAttemptRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/webhooks/$webhookId/events/$eventId/attempts/$attempt",
  component: lazyScreen(() => import("./screens/event/event_screen.tsx"), "EventScreen", [
    "code",
    "event",
    "failures",
    "resend",
    "webhooks",
  ]),
  validateSearch: eventSearch,
});

const eventsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/events",
  component: lazyScreen(() => import("./screens/events/events_screen.tsx"), "EventsScreen", [
    "code",
    "event",
    "events",
    "failures",
    "jobs",
    "resend",
    "webhooks",
  ]),
  validateSearch: eventsSearch,
});

/** An id alone, as it is pasted: the event tells its webhook. */
const eventRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/events/$eventId",
  component: lazyScreen(() => import("./screens/event/event_screen.tsx"), "EventScreen", [
    "code",
    "event",
    "failures",
    "resend",
    "webhooks",
  ]),
  validateSearch: eventSearch,
});

const liveRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/live",
  component: lazyScreen(() => import("./screens/live/live_screen.tsx"), "LiveScreen", [
    "code",
    "event",
    "failures",
    "live",
    "resend",
    "webhooks",
  ]),
  validateSearch: liveSearch,
});

const jobsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/jobs",
  component: lazyScreen(() => import("./screens/jobs/jobs_screen.tsx"), "JobsScreen", ["jobs"]),
  validateSearch: jobsSearch,
});

const jobRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/jobs/$jobId",
  component: lazyScreen(() => import("./screens/jobs/job_screen.tsx"), "JobScreen", ["jobs"]),
});

const catalogueRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/catalogue",
  component: lazyScreen(() => import("./screens/catalogue/catalogue_screen.tsx"), "CatalogueScreen", [
    "catalogue",
    "snippets",
    "webhooks",
  ]),
  validateSearch: catalogueSearch,
});

/** Shown by the catalogue itself, which so keeps its tree and its focus. */
const catalogueActionRoute = createRoute({ getParentRoute: () => catalogueRoute, path: "/$topic/$action" });

const debuggerRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/debugger",
  component: lazyScreen(() => import("./screens/debugger/debugger_screen.tsx"), "DebuggerScreen", ["debugger"]),
  validateSearch: debuggerSearch,
});

const keysRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/keys",
  component: lazyScreen(() => import("./screens/keys/keys_screen.tsx"), "KeysScreen", ["keys"]),
});

const auditRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/audit",
  component: lazyScreen(() => import("./screens/audit/audit_screen.tsx"), "AuditScreen", ["audit"]),
  validateSearch: auditSearch,
});

const settingsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/settings",
  component: lazyScreen(() => import("./screens/settings/settings_screen.tsx"), "SettingsScreen", [
    "settings",
    "webhook_form",
  ]),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute.addChildren([
    chooseRoute,
    systemRoute,
    tenantRoute.addChildren([
      tenantIndexRoute,
      overviewRoute,
      webhooksRoute,
      newWebhookRoute,
      webhookRoute,
      topicsRoute,
      webhookEventRoute,
      webhookAttemptRoute,
      eventsRoute,
      eventRoute,
      liveRoute,
      jobsRoute,
      jobRoute,
      catalogueRoute.addChildren([catalogueActionRoute]),
      debuggerRoute,
      keysRoute,
      auditRoute,
      settingsRoute,
    ]),
  ]),
]);

/** What is not there by then is held a place, in ms. */
const PENDING_MS = 250;

/** The router of the console. */
export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: ScreenCrash,
  defaultPendingComponent: ScreenPending,
  defaultPendingMs: PENDING_MS,
  defaultPendingMinMs: 0,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
