/**
 * Compares every answer with the reference: its status and error code are documented for the route, and its body has the
 * documented form with no field beside.
 */
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { assert } from "../../../src/assert.ts";

type Schema = { [keyword: string]: unknown };
type Operation = { responses: Record<string, { content?: { [mediaType: string]: { schema: Schema } } }> };
type Reference = { paths: Record<string, Record<string, Operation>> };

export class ResponseChecker {
  readonly #reference: Reference;
  /** By the documented schema; making one takes longer than the call. */
  readonly #validators = new Map<Schema, ValidateFunction>();
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false });

  constructor(reference: unknown) {
    this.#reference = reference as Reference; // the server's own /openapi.json
  }

  /** All documented calls. */
  operations(): { method: string; path: string }[] {
    return Object.entries(this.#reference.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
  }

  /** Throws where the answer is not as documented. What is no call has no documentation to compare with. */
  check(call: { method: string; path: string }, answer: { status: number; text: string }): void {
    const path = call.path.split("?")[0] ?? "";
    const template = Object.keys(this.#reference.paths).find((known) => isMatch(known, path));
    const operation = template === undefined ? undefined : this.#reference.paths[template]?.[call.method.toLowerCase()];
    if (operation === undefined) return;
    const where = `${call.method} ${template} ${answer.status}`;
    const response = operation.responses[String(answer.status)];
    assert(response !== undefined, `${where} is not documented: ${answer.text}`);
    if (answer.status === 204) {
      assert(response.content === undefined && answer.text === "", `${where} has a body`);
      return;
    }
    if (response.content?.["text/event-stream"] !== undefined) return; // its events are looked at by its own tests
    const schema = response.content?.["application/json"]?.schema;
    assert(schema !== undefined, `${where} has no documented body`);
    const isValid = this.#validators.get(schema) ?? this.#ajv.compile(closed(schema) as Schema);
    this.#validators.set(schema, isValid);
    assert(isValid(JSON.parse(answer.text)), `${where}: ${this.#ajv.errorsText(isValid.errors)}: ${answer.text}`);
  }
}

function isMatch(template: string, path: string): boolean {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith("{") || part === given[at]);
}

/** The schema with every object of named fields closed to others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  return "properties" in schema && !("additionalProperties" in schema)
    ? { ...inner, additionalProperties: false }
    : inner;
}
