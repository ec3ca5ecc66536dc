/** The OpenAPI document as a fuzzer reads it: every operation with its parameters, its body and its answers. */

/** A JSON Schema, as far as it is read here. */
export type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
};

/** One call of the API. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly query: { readonly [name: string]: Schema };
  readonly headers: readonly string[];
  /** Null where it takes none. */
  readonly body: Schema | null;
};

type Parameter = { in: "path" | "query" | "header"; name: string; schema: Schema };
type Documented = {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: { "application/json": { schema: Schema } } };
};

/** All operations of the document, in its order. */
export function operationsOf(reference: unknown): Operation[] {
  const { paths } = reference as { paths: Record<string, Record<string, Documented>> }; // the server's own /openapi.json
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      query: Object.fromEntries(
        parameters.filter((one) => one.in === "query").map(({ name, schema }) => [name, schema]),
      ),
      headers: parameters.filter((one) => one.in === "header").map(({ name }) => name),
      body: requestBody?.content["application/json"].schema ?? null,
    })),
  );
}
