/** The pages of the navigation: their address, icon, key sequence and the scope they need; and which of them open. */
import {
  IconActivity,
  IconBook2,
  IconBug,
  IconChartBar,
  IconKey,
  IconListDetails,
  IconRefresh,
  IconScript,
  IconSettings,
  IconWebhook,
} from "@tabler/icons-react";
import { useSession } from "../session.ts";

/** In the order of the navigation. `keys` follow `g`. */
const TENANT_PAGES = [
  { name: "overview", icon: IconChartBar, keys: "o", scope: "events" },
  { name: "webhooks", icon: IconWebhook, keys: "w", scope: "webhooks" },
  { name: "events", icon: IconListDetails, keys: "e", scope: "events" },
  { name: "live", icon: IconActivity, keys: "l", scope: "events" },
  { name: "jobs", icon: IconRefresh, keys: "j", scope: "events" },
  { name: "catalogue", icon: IconBook2, keys: "c", scope: null },
  { name: "debugger", icon: IconBug, keys: "d", scope: null },
  { name: "keys", icon: IconKey, keys: "k", scope: "admin" },
  { name: "audit", icon: IconScript, keys: "a", scope: "admin" },
  { name: "settings", icon: IconSettings, keys: "s", scope: "webhooks" },
] as const;

/** One of them. */
export type PageName = (typeof TENANT_PAGES)[number]["name"];

/** Those that the session may open: the others would only say that a scope is missing. */
export function useOpenPages(): readonly (typeof TENANT_PAGES)[number][] {
  const session = useSession();
  return TENANT_PAGES.filter(
    ({ scope }) =>
      scope === null || session?.kind === "operator" || session?.scopes.some((own) => own === scope) === true,
  );
}
