/** Pieces of which the schemas of several resources are made. */
import type { Static, TSchema } from "typebox";
import { Type } from "typebox";
import { APP_ENVS, EVENT_STATUSES, MSG_NATURES, SCOPES } from "../domain/values.ts";

/** One of a closed set of texts, as a plain `enum` (which gives one clear fault in place of one per value). */
export function oneOf<const Values extends readonly string[]>(values: Values, description?: string) {
  return Type.Unsafe<Values[number]>({
    type: "string",
    enum: [...values],
    ...(description === undefined ? {} : { description }),
  });
}

/** The schema, or null. The schema has one plain `type`. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  const { type, enum: values, ...rest } = schema as { type?: string; enum?: readonly unknown[] };
  return Type.Unsafe<Static<Schema> | null>({
    ...rest,
    type: [type, "null"],
    ...(values === undefined ? {} : { enum: [...values, null] }),
  });
}

/** A time in an answer. */
export const TIME_SCHEMA = Type.String({
  description: "RFC 3339, UTC, milliseconds.",
  examples: ["2026-01-31T09:30:00.000Z"],
});
export const APP_ENV_SCHEMA = oneOf(APP_ENVS);
export const MSG_NATURE_SCHEMA = oneOf(MSG_NATURES);
export const EVENT_STATUS_SCHEMA = oneOf(EVENT_STATUSES);
export const SCOPE_SCHEMA = oneOf(SCOPES);
/** JSON of any form, spliced into answers byte for byte. */
export const ANY_JSON_SCHEMA = Type.Unknown();

/**
 * The schema of an answer that a route gives as JSON text, because parts of it are spliced in untouched. Text is sent as
 * it is: the schema is for the reference.
 */
export function rawJson(schema: TSchema) {
  return Type.Unsafe<string>(schema);
}

/** The path of what belongs to an application environment. */
export const TENANT_PATH = Type.Object({ appId: Type.String(), appEnv: Type.String() });
/** The path of a webhook. */
export const WEBHOOK_PATH = Type.Object({ webhookId: Type.String() });

/** The text of a time parameter as epoch ms: RFC 3339 with a zone, or null. */
export function parseTime(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  // Date.parse moves 30 February into March: the day of the text, read as UTC, must come back as it was given.
  const day = text.slice(0, 10);
  return new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().startsWith(day) ? at : null;
}
