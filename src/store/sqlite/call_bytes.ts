/** About how many bytes a write carries, so that batches stay small enough to be committed quickly. */
import type { Params, WriteMethod } from "./methods.ts";

const ROW_BYTES = 500;

/** An estimate: text is counted in characters, a row at a flat rate. */
export function callBytes<M extends WriteMethod>(method: M, params: Params<M>): number {
  switch (method) {
    case "publish": {
      const { messages } = params as Params<"publish">; // by its method
      return messages.reduce((sum, { content, error }) => sum + ROW_BYTES + content.length + (error?.length ?? 0), 0);
    }
    case "settleAttempts": {
      const { settlements } = params as Params<"settleAttempts">; // by its method
      return settlements.reduce((sum, { record }) => sum + ROW_BYTES + (record.response?.body.length ?? 0), 0);
    }
    default:
      return ROW_BYTES;
  }
}
