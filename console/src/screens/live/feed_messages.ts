/** What the windows of a browser tell each other about the live feed of an environment, and where. */
import type { TenantPath } from "../../tenant.ts";
import type { FeedBatch, FeedState } from "./feed_connection.ts";

/**
 * A newcomer asks for the state, anybody asks for another try; `place` is the id to go on behind; `bye`: the window with the
 * connection closes.
 */
export type FeedMessage =
  | { kind: "batch"; batch: FeedBatch }
  | { kind: "state"; state: FeedState; place: string | null }
  | { kind: "hello" }
  | { kind: "retry" }
  | { kind: "bye" };

/** The name of the lock and of the channel. */
export function feedName({ appId, appEnv }: TenantPath): string {
  return `ignisign-live/${appId}/${appEnv}`;
}
