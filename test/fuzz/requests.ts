/** Requests for one operation: right ones, almost right ones and hostile ones. */
import fc from "fast-check";
import type { FieldValues } from "./field_values.ts";
import { slot, WORLD_NAMES } from "./field_values.ts";
import {
  HOSTILE_HEADERS,
  HOSTILE_JSON_TEXTS,
  HOSTILE_PATH_PARTS,
  HOSTILE_QUERIES,
  HOSTILE_QUERY_VALUES,
} from "./hostile_values.ts";
import type { Operation, Schema } from "./reference.ts";
import { almost, validValues } from "./schema_values.ts";

/** Who calls; the world knows their credentials. */
const CALLERS = [
  "allScopes",
  "operator",
  "session",
  "defaultScopes",
  "platform",
  "jwt",
  "otherTenant",
  "bareCookie",
  "expired",
  "revoked",
  "unknown",
  "malformed",
  "nobody",
] as const;
export type Caller = (typeof CALLERS)[number];

/** A request whose slots are not filled in yet. `body` is text, or bytes in base64 that are no text. */
export type FuzzRequest = {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly caller: Caller;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: { readonly kind: "text" | "base64"; readonly text: string } | null;
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
/** A byte more than the body of any call but three may have; and one more than a batch. */
const LARGE_BODIES = [256 * 1024 + 1, 1024 * 1024 + 1, 8 * 1024 * 1024 + 1];
/** Bytes that are no UTF-8, or no JSON because of how they begin. */
const BYTES = ["ff", "22ff22", "efbbbf7b7d", "fffe7b007d00", "00", "7b22c328223a317d", "eda080"].map((hex) =>
  Buffer.from(hex, "hex").toString("base64"),
);

/** The requests of an operation. */
export function requestsOf(operation: Operation, fields: FieldValues): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      method: mostly(fc.constant(operation.method), fc.constantFrom(...METHODS), 40),
      path: paths(operation),
      query: queries(operation, fields),
      caller: callers(),
      headers: headers(operation),
      body: bodies(operation.body, fields),
    })
    .map(({ path, query, ...rest }) => ({ ...rest, target: query === "" ? path : `${path}?${query}` }));
}

/** `usual` in `times` of `times + 1` cases. */
function mostly<Value>(usual: fc.Arbitrary<Value>, other: fc.Arbitrary<Value>, times: number): fc.Arbitrary<Value> {
  return fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: other });
}

function callers(): fc.Arbitrary<Caller> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant<Caller>("allScopes") },
    { weight: 4, arbitrary: fc.constantFrom<Caller>("operator", "session") },
    { weight: 2, arbitrary: fc.constantFrom(...CALLERS) },
  );
}

function paths({ path }: Operation): fc.Arbitrary<string> {
  const ofPlatform = path.startsWith("/v4/api-keys/"); // another kind of key than that of a tenant's path
  const parts = path.split("/").map((part) => {
    if (!part.startsWith("{")) return fc.constant(part);
    return pathValues(ofPlatform ? "platformKeyId" : part.slice(1, -1));
  });
  const whole = fc.tuple(...parts).map((chosen) => chosen.join("/"));
  const bent = fc
    .tuple(whole, fc.constantFrom("/", "//", "/.", "/..", "%00", ";", "/../..", "%20", "?"))
    .map(([text, end]) => text + end);
  return mostly(whole, bent, 40);
}

/** The world's own id of this name in most cases, then another tenant's, one that does not exist, and what is no id. */
function pathValues(parameter: string): fc.Arbitrary<string> {
  const own = WORLD_NAMES.find((name) => name === parameter);
  if (own === undefined) throw new Error(`the fuzzer knows no value for the path parameter ${parameter}`);
  const other = WORLD_NAMES.find((name) => name === `other${own.charAt(0).toUpperCase()}${own.slice(1)}`) ?? own;
  return fc.oneof(
    { weight: 16, arbitrary: fc.constant(slot(own)) },
    { weight: 1, arbitrary: fc.constant(slot(other)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("whk_0VbqWeCc000Z7hjQirIUX3", "evt_0VbqWeCc000Z7hjQirIUX300001", "PRODUCTION"),
    },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_PATH_PARTS) },
  );
}

function queries({ query }: Operation, fields: FieldValues): fc.Arbitrary<string> {
  const names = Object.keys(query);
  const pairs = Object.entries(query).map(([name, schema]) =>
    mostly(
      validValues(schema, fields, name).map((value) => `${name}=${encoded(textOf(value))}`),
      fc.constantFrom(...HOSTILE_QUERY_VALUES).map((value) => `${name}=${value}`),
      6,
    ),
  );
  const some = fc
    .subarray(pairs, { maxLength: Math.min(pairs.length, 3) })
    .chain((chosen) => fc.tuple(...chosen))
    .map((texts) => texts.join("&"));
  const usual = names.length === 0 ? fc.constant("") : some;
  return mostly(usual, fc.constantFrom(...HOSTILE_QUERIES), 12);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Percent-encoded, but for slots. */
function encoded(text: string): string {
  return text
    .split(/(‹\w+›)/)
    .map((part) => (part.startsWith("‹") ? part : encodeURIComponent(part.toWellFormed())))
    .join("");
}

function headers(operation: Operation): fc.Arbitrary<(readonly [string, string])[]> {
  const own = HOSTILE_HEADERS.filter(([name]) => operation.headers.includes(name));
  const any = fc.array(fc.constantFrom(...HOSTILE_HEADERS), { minLength: 1, maxLength: 3 });
  const none = fc.constant<(readonly [string, string])[]>([]);
  const documented = own.length === 0 ? none : fc.array(fc.constantFrom(...own), { maxLength: 1 });
  return mostly(mostly(none, documented, 2), any, 5);
}

type Body = FuzzRequest["body"];

function bodies(schema: Schema | null, fields: FieldValues): fc.Arbitrary<Body> {
  const strange: fc.Arbitrary<Body> = fc.oneof(
    fc.constantFrom(...HOSTILE_JSON_TEXTS).map((text) => ({ kind: "text", text }) as const),
    fc.constantFrom(...BYTES).map((text) => ({ kind: "base64", text }) as const),
    fc.constant(null),
  );
  if (schema === null) return mostly(fc.constant<Body>(null), strange, 10);
  const valid = validValues(schema, fields);
  const asText = (text: string): Body => ({ kind: "text", text });
  return fc.oneof(
    { weight: 60, arbitrary: valid.map((value) => asText(JSON.stringify(value))) },
    { weight: 40, arbitrary: almost(valid).map((value) => asText(JSON.stringify(value) ?? "")) },
    {
      weight: 20,
      arbitrary: fc
        .tuple(valid, fc.nat(), fc.constantFrom(...HOSTILE_JSON_TEXTS))
        .map(spliced)
        .map(asText),
    },
    { weight: 5, arbitrary: fc.tuple(valid, fc.nat()).map(([value, at]) => asText(cut(JSON.stringify(value), at))) },
    { weight: 5, arbitrary: strange },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...LARGE_BODIES).map((bytes) => asText(`{"content":"${"x".repeat(bytes)}"}`)),
    },
  );
}

/** The JSON of an object with one of its fields given the raw text. */
function spliced([value, at, raw]: [unknown, number, string]): string {
  if (typeof value !== "object" || value === null) return raw;
  const fields = Object.entries(value);
  const [changed] = fields.length === 0 ? [undefined] : [fields[at % fields.length]?.[0]];
  const parts = fields.map(
    ([name, part]) => `${JSON.stringify(name)}:${name === changed ? raw : JSON.stringify(part)}`,
  );
  if (changed === undefined || at % 3 === 0) parts.push(`"__proto__":${raw}`);
  return `{${parts.join()}}`;
}

function cut(text: string, at: number): string {
  return text.slice(0, at % (text.length + 1));
}
