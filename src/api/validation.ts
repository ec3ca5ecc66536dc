/**
 * Validation by the one schema of each route. Unknown fields are refused by name, nothing is coerced but whole numbers of a
 * query, which is text by nature, and every fault is told, up to a bound.
 */
import type { ErrorObject } from "ajv";
import { Ajv } from "ajv";
import type { FastifySchema, FastifySchemaCompiler } from "fastify";
import { ApiError } from "../errors.ts";
import type { Api } from "./services.ts";

/** What is wrong at which place, such as `messages[3].content.signerId`; the path is empty for the whole body. */
export type Fault = { path: string; message: string };

/** So many faults are told at a time. */
export const FAULTS_MAX = 20;
/** Of a body with more values, the first fault alone is told: every one of 100,000 takes as long as 100 calls that are right. */
const EXPLAINED_VALUES_MAX = 5_000;
/** More than any call knows. */
const QUERY_FIELDS_MAX = 50;
/** Short enough to be held exactly. */
const WHOLE_NUMBER = /^-?\d{1,15}$/;

const OPTIONS = {
  allErrors: true,
  removeAdditional: false,
  useDefaults: true,
  allowUnionTypes: true,
  strict: true,
  strictTypes: false,
  validateFormats: false,
  addUsedSchema: false,
  // For the words of a fault.
  verbose: true,
} as const;
const allFaultsAjv = new Ajv(OPTIONS);
const firstFaultAjv = new Ajv({ ...OPTIONS, allErrors: false });

/** Sets how schemas are compiled and how their faults are told. */
export function validateBySchema(app: Api): void {
  app.setValidatorCompiler(compile);
}

/** For a body so large that a list of all its faults would be, too. */
export const stopAtFirstFault: FastifySchemaCompiler<FastifySchema> = (route) =>
  route.httpPart === "body" ? validatorOf(firstFaultAjv, route) : compile(route);

const compile: FastifySchemaCompiler<FastifySchema> = (route) => {
  if (route.httpPart === "body") return bodyValidator(route);
  return route.httpPart === "querystring" ? queryValidator(route) : validatorOf(allFaultsAjv, route);
};

/**
 * Reads whole numbers itself: a validator that coerces takes whatever JavaScript makes a number of, such as `0x10` or
 * `1e3`, and lets an infinite one past every bound.
 */
function queryValidator(route: Parameters<typeof validatorOf>[1]): ReturnType<typeof validatorOf> {
  const { properties = {} } = route.schema as { properties?: Record<string, { type?: unknown }> }; // an object's, always
  const validate = validatorOf(allFaultsAjv, route);
  return (value) => {
    const fields = Object.entries(value as object); // what the query's parser has made
    if (fields.length > QUERY_FIELDS_MAX) {
      return { error: queryFaults([{ path: "", message: `has more than ${QUERY_FIELDS_MAX} parameters` }]) };
    }
    const isNumber = (name: string, text: unknown): text is string =>
      properties[name]?.type === "integer" && typeof text === "string" && WHOLE_NUMBER.test(text);
    return validate(
      Object.fromEntries(fields.map(([name, text]) => [name, isNumber(name, text) ? Number(text) : text])),
    );
  };
}

/** Stops at the first fault, and looks for all of them where that is soon done. */
function bodyValidator(route: Parameters<typeof validatorOf>[1]): ReturnType<typeof validatorOf> {
  const validate = validatorOf(firstFaultAjv, route);
  let explain: typeof validate | null = null; // made when it is needed
  return (value) => {
    const outcome = validate(value);
    if (!("error" in outcome) || hasManyValues(value)) return outcome;
    return (explain ??= validatorOf(allFaultsAjv, route))(value);
  };
}

function hasManyValues(body: unknown): boolean {
  let left = EXPLAINED_VALUES_MAX;
  const isBeyond = (value: unknown): boolean => {
    left -= 1;
    if (typeof value !== "object" || value === null) return left < 0;
    return left < 0 || Object.values(value).some(isBeyond);
  };
  return isBeyond(body);
}

function validatorOf(ajv: Ajv, { schema, httpPart }: { schema: unknown; httpPart?: string }) {
  const isValid = ajv.compile(schema as object); // fastify hands over the schema of the route, which is an object
  return (value: unknown): { value: unknown } | { error: ApiError } => {
    if (isValid(value)) return { value };
    return { error: schemaError(httpPart ?? "body", (isValid.errors ?? []).map(faultOf)) };
  };
}

/** 400 with the list of faults of a body. */
export function bodyFaults(faults: readonly Fault[]): ApiError {
  return faultError("BODY_VALIDATION_FAILED", "body", faults);
}

/** 400 with the list of faults of the query. */
export function queryFaults(faults: readonly Fault[]): ApiError {
  return faultError("QUERY_VALIDATION_FAILED", "query", faults);
}

function schemaError(httpPart: string, faults: readonly Fault[]): ApiError {
  return httpPart === "body" ? bodyFaults(faults) : queryFaults(faults);
}

function faultError(
  code: "BODY_VALIDATION_FAILED" | "QUERY_VALIDATION_FAILED",
  part: "body" | "query",
  faults: readonly Fault[],
): ApiError {
  const first = faults[0];
  const place = first === undefined || first.path === "" ? `the ${part}` : `\`${first.path}\``;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  const message = `The ${part} is not valid: ${place} ${first?.message ?? "is not valid"}${more}.`;
  return new ApiError(code, message, { context: { faults: faults.slice(0, FAULTS_MAX) } });
}

/** `/messages/3/content` of a JSON pointer becomes `messages[3].content`. */
export function placeOf(pointer: string): string {
  let place = "";
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (/^\d+$/.test(name)) place += `[${name}]`;
    else place += place === "" ? name : `.${name}`;
  }
  return place;
}

/** The place of `inner` inside `outer`; either may be empty. */
export function placeWithin(outer: string, inner: string): string {
  return inner === "" || outer === "" || inner.startsWith("[") ? outer + inner : `${outer}.${inner}`;
}

function faultOf({ instancePath, keyword, params, message, parentSchema }: ErrorObject): Fault {
  const path = placeOf(instancePath);
  switch (keyword) {
    case "required":
      return { path: placeWithin(path, String(params["missingProperty"])), message: "is required" };
    case "additionalProperties":
      return { path: placeWithin(path, String(params["additionalProperty"])), message: "is not a known field" };
    case "enum":
      return { path, message: `must be one of ${(params["allowedValues"] as unknown[]).map(String).join(", ")}` };
    case "pattern": {
      // It says in words what the expression means.
      const description: unknown = parentSchema?.["description"];
      if (typeof description !== "string") return { path, message: String(message) };
      return { path, message: `is not in the form asked for: ${description.replace(/\.$/, "")}` };
    }
    default:
      return { path, message: message ?? `does not satisfy ${keyword}` };
  }
}
