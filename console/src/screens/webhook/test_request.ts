/** The request that a test event makes, before it is sent, and what the catalogue says of its content. */
import type { AppEnv } from "../../tenant.ts";

/** Why a text cannot be a content; `missing`: fields that the catalogue requires. */
export type ContentFault = { kind: "notJson"; reason: string } | { kind: "notObject" };

/** Null for the text of a JSON object. */
export function contentFault(text: string): ContentFault | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? null : { kind: "notObject" };
  } catch (error) {
    return { kind: "notJson", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A field that the catalogue knows. `state`: how the content stands to it. */
export type FieldHint = { name: string; type: string; isRequired: boolean; state: "fits" | "missing" | "mismatch" };

/** What the JSON Schema of an action says of each field; a text that is no object has none of them. */
export function fieldHints(schema: unknown, text: string): FieldHint[] {
  const { properties, required } = asObject(schema);
  const requiredNames = new Set(Array.isArray(required) ? required.map(String) : []);
  const content = contentFault(text) === null ? asObject(JSON.parse(text)) : {};
  return Object.entries(asObject(properties)).map(([name, property]) => {
    const types = typesOf(asObject(property)["type"]);
    const isThere = Object.hasOwn(content, name);
    const fits = types.length === 0 || types.some((type) => isOfType(content[name], type));
    const isRequired = requiredNames.has(name);
    const state = isThere ? (fits ? "fits" : "mismatch") : isRequired ? "missing" : "fits";
    return { name, type: types.join(" | "), isRequired, state };
  });
}

function typesOf(type: unknown): string[] {
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.map(String) : [];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** What a request is made of. `content` is JSON text, which goes out byte for byte. */
export type TestRequest = {
  url: string;
  appId: string;
  appEnv: AppEnv;
  topic: string;
  action: string;
  msgNature: string;
  content: string;
  /** Names of custom headers; their values are not shown. */
  headerNames: readonly string[];
};

/** The request as it will be sent, with `‹…›` in place of what only the server knows. */
export function requestText(request: TestRequest): string {
  const { url, headerNames } = request;
  const { host, pathname, search } = new URL(url);
  const headers = [
    ["host", host],
    ["content-type", "application/json"],
    ["user-agent", "Ignisign-Webhooks/‹version›"],
    ["webhook-id", "‹event id›"],
    ["webhook-timestamp", "‹seconds since 1970›"],
    ["webhook-signature", "v1,‹HMAC-SHA256 of id.timestamp.body›"],
    ["ignisign-test", "true"],
    ["accept-encoding", "identity"],
    ["content-length", "‹bytes›"],
    ["connection", "keep-alive"],
    ...headerNames.map((name) => [name, "***"]),
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`POST ${pathname}${search} HTTP/1.1`, ...lines, "", bodyText(request)].join("\n");
}

function bodyText({ appId, appEnv, topic, action, msgNature, content }: TestRequest): string {
  const fixed = { appId, appEnv, topic, action, msgNature };
  return `${JSON.stringify(fixed).slice(0, -1)},"content":${content.trim()},"verificationToken":"wvt_‹token›"}`;
}

/** The body of the call that sends it: the content's own text, so that no digit changes. */
export function testCallBody({ topic, action, content }: { topic: string; action: string; content: string }): string {
  return `${JSON.stringify({ topic, action }).slice(0, -1)},"content":${content.trim()}}`;
}
