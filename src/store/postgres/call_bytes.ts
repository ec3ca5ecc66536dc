/** About how many bytes a call carries, so that batches stay small enough to be committed quickly. */
import type { PublishParams } from "../delivery.ts";
import type { Params } from "./methods.ts";

const ROW_BYTES = 500;

/** An estimate: text is counted in characters, a row at a flat rate. */
export function publishBytes({ messages }: PublishParams): number {
  return messages.reduce((sum, { content, error }) => sum + ROW_BYTES + content.length + (error?.length ?? 0), 0);
}

/** See {@link publishBytes}. */
export function settleBytes({ settlements }: Params<"settleAttempts">): number {
  return settlements.reduce((sum, { record }) => sum + ROW_BYTES + (record.response?.body.length ?? 0), 0);
}
