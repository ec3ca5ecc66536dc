/** `@ignisign/node`: what the package exports. */
export * from "./applications.ts";
export * from "./catalog.ts";
export * from "./client.ts";
export * from "./error.ts";
export * from "./event.ts";
export type { Answer } from "./http.ts";
export * from "./jobs.ts";
export * from "./messages.ts";
export * from "./payload.ts";
export * from "./signature.ts";
export * from "./stats.ts";
export type { LiveAttempt, StreamItem, StreamOptions, StreamQuery } from "./stream.ts";
export * from "./tokens.ts";
export * from "./webhook.ts";
export * from "./webhooks.ts";
