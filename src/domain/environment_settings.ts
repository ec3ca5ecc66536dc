/**
 * What an application environment sets for all its webhooks and messages. A webhook's own setting goes before its
 * environment's, and the environment's before the server's.
 */

/** The bounds of every retention, in ms: a second to ten years. */
export const RETENTION_MS_MIN = 1_000;
export const RETENTION_MS_MAX = 3_650 * 86_400_000;

/** Null means the server's. */
export type EnvironmentSettings = {
  /** Steps in ms; an empty list means manual resend only. */
  retrySchedule: readonly number[] | null;
  timeoutMs: number | null;
  /** Whether webhooks that fail for 5 days are disabled. A 410, or a receiver's wish, disables its webhook all the same. */
  isAutoDisabling: boolean;
  /** How long messages are kept. */
  retentionMs: number | null;
  /** How long their content is kept, at most as long as the message; null: as long as the message. */
  contentRetentionMs: number | null;
};

/** The settings of an environment that has set nothing. */
export const DEFAULT_ENVIRONMENT_SETTINGS: EnvironmentSettings = {
  retrySchedule: null,
  timeoutMs: null,
  isAutoDisabling: true,
  retentionMs: null,
  contentRetentionMs: null,
};

/** How long messages and their contents are kept where the environment and the server say this, in ms. */
export function retentionOf(
  settings: Pick<EnvironmentSettings, "retentionMs" | "contentRetentionMs">,
  serverRetentionMs: number,
): { messageMs: number; contentMs: number } {
  const messageMs = settings.retentionMs ?? serverRetentionMs;
  return { messageMs, contentMs: Math.min(messageMs, settings.contentRetentionMs ?? messageMs) };
}
