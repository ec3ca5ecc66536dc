/** What a receiver may ask for in an answer that is no success: the header `webhook-delivery`, in the words of Svix. */

/** In lower case. */
export const DELIVERY_CONTROL_HEADER = "webhook-delivery";

/** `disable`: send nothing more to this webhook. `abort-message`: send this event no more. */
export type DeliveryControl = "disable" | "abort-message";

/** What the header's value asks for; null for any other value, which is ignored. */
export function parseDeliveryControl(header: string): DeliveryControl | null {
  const text = header.trim().toLowerCase();
  return text === "disable" || text === "abort-message" ? text : null;
}
