/** Content schemas: JSON Schema 2020-12, compiled to functions that name every fault with its place. */
import type { ErrorObject } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";

/** A JSON Schema as plain JSON. */
export type ContentSchema = { readonly [keyword: string]: unknown };

/** A fault: a JSON pointer into the content (empty for the content itself), and what must be different. */
export type ContentFault = { path: string; message: string };

/** Checks a parsed content; at most {@link CONTENT_FAULTS_MAX} faults, none when it is valid. */
export type ContentValidator = (content: unknown) => ContentFault[];

/** So many faults are reported at a time. */
export const CONTENT_FAULTS_MAX = 20;

// Strict: a misspelt keyword must not make a schema accept everything. Formats are notes to readers, not checks.
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  validateFormats: false,
  addUsedSchema: false,
});

/** The validator of a schema, or why the schema cannot be used. */
export function compileContent(
  schema: ContentSchema,
): { kind: "ok"; validate: ContentValidator } | { kind: "fault"; message: string } {
  try {
    const isValid = ajv.compile(schema);
    const validate: ContentValidator = (content) =>
      isValid(content) ? [] : (isValid.errors ?? []).slice(0, CONTENT_FAULTS_MAX).map(faultOf);
    return { kind: "ok", validate };
  } catch (error) {
    return { kind: "fault", message: error instanceof Error ? error.message : String(error) };
  }
}

function faultOf(error: ErrorObject): ContentFault {
  const { instancePath: path, keyword, params } = error;
  if (keyword === "required") return { path: path + pointerTo(params["missingProperty"]), message: "is required" };
  if (keyword === "additionalProperties") {
    return { path: path + pointerTo(params["additionalProperty"]), message: "is not a known field" };
  }
  if (keyword === "enum") return { path, message: `must be one of ${JSON.stringify(params["allowedValues"])}` };
  return { path, message: error.message ?? `does not satisfy ${keyword}` };
}

function pointerTo(field: unknown): string {
  return `/${String(field).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
