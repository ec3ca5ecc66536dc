/** What a publisher sends: one message, checked against the catalogue, its content and error cut out untouched. */
import type { IncomingHttpHeaders } from "node:http";
import type { Static } from "typebox";
import { Type } from "typebox";
import { unreachable } from "../assert.ts";
import type { ActionName, Catalog } from "../domain/catalog.ts";
import { searchValues } from "../domain/search_values.ts";
import type { MsgNature } from "../domain/values.ts";
import { ApiError } from "../errors.ts";
import type { NewMessage } from "../store/delivery.ts";
import { MSG_NATURE_SCHEMA } from "./schema_parts.ts";
import type { Fault } from "./validation.ts";
import { bodyFaults, placeOf, placeWithin } from "./validation.ts";

const CONTENT_SCHEMA = Type.Unsafe<object>({
  type: "object",
  description: "As the catalogue says; delivered untouched.",
});

/** The body of a message. */
export const NEW_MESSAGE_SCHEMA = Type.Object(
  {
    topic: Type.String({ maxLength: 64 }),
    action: Type.String({ maxLength: 64 }),
    msgNature: Type.Optional(MSG_NATURE_SCHEMA),
    content: CONTENT_SCHEMA,
    error: Type.Optional(
      Type.Object(
        {
          errorCode: Type.String({ minLength: 1 }),
          message: Type.Optional(Type.String()),
          context: Type.Optional(Type.Unknown()),
        },
        { additionalProperties: false, description: "Delivered untouched." },
      ),
    ),
  },
  { additionalProperties: false },
);

/** A message by its schema. */
export type MessageBody = Static<typeof NEW_MESSAGE_SCHEMA>;

/** The published parts: the parsed copy, and the text of each field as it was sent. */
export type PublishedParts = { body: MessageBody; fields: ReadonlyMap<string, string>; traceParent: string | null };

/** The message to be stored. Faults of topic, action and content go to `faults`, their places beginning with `at`. */
export function newMessage(parts: PublishedParts, catalog: Catalog, at: string, faults: Fault[]): NewMessage | null {
  const { body, fields, traceParent } = parts;
  const action = resolveAction(body, catalog, at, faults);
  const content = fields.get("content");
  if (action === null || content === undefined) return null;
  for (const { path, message } of catalog.contentFaults({ ...action, content: body.content })) {
    faults.push({ path: placeWithin(placeWithin(at, "content"), placeOf(path)), message });
  }
  return {
    topic: action.topic,
    action: action.action,
    msgNature: body.msgNature ?? action.msgNature,
    content,
    error: fields.get("error") ?? null,
    searchValues: searchValues(body.content),
    traceParent,
  };
}

/** The action by its topic's own name; null with a fault noted when there is none. Throws TOPIC_NOT_IMPLEMENTED. */
export function resolveAction(
  name: ActionName,
  catalog: Catalog,
  at: string,
  faults: Fault[],
): (ActionName & { msgNature: MsgNature }) | null {
  const resolution = catalog.resolve({ topic: name.topic, action: name.action });
  switch (resolution.kind) {
    case "action":
      return resolution;
    case "notImplemented":
      throw new ApiError(
        "TOPIC_NOT_IMPLEMENTED",
        `The topic ${resolution.topic} has no actions yet, so nothing can be published for it.`,
        {
          context: { topic: resolution.topic, ...(at === "" ? {} : { path: at }) },
        },
      );
    case "unknownTopic":
      faults.push(unknownName(placeWithin(at, "topic"), name.topic, resolution.known));
      return null;
    case "unknownAction":
      faults.push(unknownName(placeWithin(at, "action"), name.action, resolution.known));
      return null;
    default:
      return unreachable(resolution);
  }
}

/** Throws 400 when there are faults. */
export function refuseFaults(faults: readonly Fault[]): void {
  if (faults.length > 0) throw bodyFaults(faults);
}

const TRACE_PARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The W3C trace context of a request, or null. */
export function traceParentOf(headers: IncomingHttpHeaders): string | null {
  const header = headers["traceparent"];
  return typeof header === "string" && TRACE_PARENT.test(header) ? header : null;
}

function unknownName(path: string, name: string, known: readonly string[]): Fault {
  return { path, message: `is \`${name}\`, which is not in the catalogue; known are ${known.join(", ")}` };
}
