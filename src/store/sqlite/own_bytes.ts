/**
 * Bytes on their way to a thread: a message carries the whole memory behind a view, however little of it the view shows
 * (a response body of 20 bytes would drag its 64 KiB of socket buffer along), so views get memory of their own size first.
 */
import type { Call, Params, WriteMethod } from "./methods.ts";

/** The call with byte views of their own size; the rest is shared with the original. */
export function withOwnBytes(call: Call<WriteMethod>): Call<WriteMethod> {
  switch (call.method) {
    case "settleAttempts": {
      const params = call.params as Params<"settleAttempts">; // by its method
      const settlements = params.settlements.map((settlement) => {
        const { record } = settlement;
        if (record.response === null || isWhole(record.response.body)) return settlement;
        const response = { ...record.response, body: new Uint8Array(record.response.body) };
        return { ...settlement, record: { ...record, response } };
      });
      return { method: call.method, params: { ...params, settlements } };
    }
    case "publish": {
      const params = call.params as Params<"publish">; // by its method
      const { idempotency } = params;
      if (idempotency === null || isWhole(idempotency.bodyHash)) return call;
      const bodyHash = new Uint8Array(idempotency.bodyHash);
      return { method: call.method, params: { ...params, idempotency: { ...idempotency, bodyHash } } };
    }
    default:
      return call;
  }
}

function isWhole(bytes: Uint8Array): boolean {
  return bytes.byteLength === bytes.buffer.byteLength;
}
