/** The closed sets of values that a client sees: environments, natures, statuses, triggers. */

export const APP_ENVS = ["DEVELOPMENT", "TEST", "STAGING", "PRODUCTION"] as const;
export type AppEnv = (typeof APP_ENVS)[number];

/** `text` as an environment, or null. */
export function parseAppEnv(text: string): AppEnv | null {
  return APP_ENVS.find((env) => env === text) ?? null;
}

export const MSG_NATURES = ["SUCCESS", "WARNING", "ERROR", "INFO"] as const;
export type MsgNature = (typeof MSG_NATURES)[number];

export const EVENT_STATUSES = ["PENDING", "SUCCESS", "FAILED"] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** Why an attempt was made. */
export const TRIGGERS = ["AUTO", "RESEND", "BULK", "REPLAY", "TEST"] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const SCOPES = ["webhooks", "events", "tokens", "messages", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A header as sent or received: name and value, order and repetition kept. */
export type HeaderPair = readonly [name: string, value: string];
