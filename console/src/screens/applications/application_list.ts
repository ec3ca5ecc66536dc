/** Which applications are shown, and in what order: those that were opened last first, then the newest. */
import type { Answer } from "../../api/client.ts";

/** An application of the installation. */
export type Application = Answer<"listApplications">["items"][number];
type Webhook = Answer<"listWebhooks">[number];

const STORAGE_KEY = "ignisign-recent-applications";
const RECENT_MAX = 20;

/** Those whose name or id has the words, the recently opened ones first, the others in the order given. */
export function shownApplications(
  applications: readonly Application[],
  { recent, words }: { recent: readonly string[]; words: string },
): Application[] {
  const wanted = words.trim().toLowerCase();
  const rank = ({ appId }: Application): number => {
    const at = recent.indexOf(appId);
    return at === -1 ? recent.length : at;
  };
  return applications
    .filter(({ appId, appName }) => [appName, appId].some((text) => text.toLowerCase().includes(wanted)))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** How many webhooks fail now, or were disabled by the server because they did, or asked for it. */
export function failingCount(
  webhooks: readonly Pick<Webhook, "isDisabled" | "disabledReason" | "failingSince">[],
): number {
  return webhooks.filter(({ isDisabled, disabledReason, failingSince }) =>
    isDisabled ? disabledReason !== undefined && disabledReason !== "MANUAL" : failingSince !== undefined,
  ).length;
}

/** The list of recently opened ones after `appId` was opened. */
export function withRecent(recent: readonly string[], appId: string): string[] {
  return [appId, ...recent.filter((other) => other !== appId)].slice(0, RECENT_MAX);
}

/** Ids of the applications that were opened in this browser, the last one first. */
export function recentApplications(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [];
  } catch {
    return []; // somebody else's text under our name
  }
}

/** Remembers that an application was opened. */
export function rememberApplication(appId: string): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(withRecent(recentApplications(), appId)));
}
