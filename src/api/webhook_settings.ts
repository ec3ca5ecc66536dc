/** From the body of a registration or a change to settings: what a schema cannot say, checked and told by field. */
import type { Catalog } from "../domain/catalog.ts";
import type { AppEnv, HeaderPair } from "../domain/values.ts";
import type { SignatureVersion, Webhook, WebhookSettings } from "../domain/webhook.ts";
import { CUSTOM_HEADERS_BYTES_MAX, DEFAULT_SETTINGS, SIGNATURE_VERSIONS } from "../domain/webhook.ts";
import type { EgressPolicy } from "../egress/address_policy.ts";
import { customHeaderFault } from "../egress/request_headers.ts";
import { vetTargetUrl } from "../egress/target_url.ts";
import { ApiError } from "../errors.ts";
import type { Fault } from "./validation.ts";
import { bodyFaults } from "./validation.ts";
import type { SettingsBody } from "./webhook_schema.ts";

/** What stands in place of a custom header's value in answers; sent back, it keeps the stored value. */
export const HEADER_VALUE_MASK = "***";

/** What the settings are checked against. `current` is the webhook to be changed; null at a registration. */
export type SettingsContext = {
  catalog: Catalog;
  egressPolicy: EgressPolicy;
  appEnv: AppEnv;
  current: Webhook | null;
};

/** The fields of the body as settings; null resets one to its default. Throws 400 with every fault. */
export function parseSettings(body: SettingsBody, context: SettingsContext): Partial<WebhookSettings> {
  const faults: Fault[] = [];
  const change: Partial<WebhookSettings> = {
    ...(body.description === undefined ? {} : { description: body.description ?? DEFAULT_SETTINGS.description }),
    ...(body.isDisabled === undefined ? {} : { isDisabled: body.isDisabled ?? DEFAULT_SETTINGS.isDisabled }),
    ...(body.successStatus === undefined
      ? {}
      : { successStatus: body.successStatus ?? DEFAULT_SETTINGS.successStatus }),
    ...(body.retrySchedule === undefined ? {} : { retrySchedule: body.retrySchedule }),
    ...(body.timeoutMs === undefined ? {} : { timeoutMs: body.timeoutMs }),
    ...(body.maxConcurrency === undefined
      ? {}
      : { maxConcurrency: body.maxConcurrency ?? DEFAULT_SETTINGS.maxConcurrency }),
    ...(body.rateLimit === undefined ? {} : { rateLimit: body.rateLimit }),
    ...(body.signatureVersions === undefined ? {} : { signatureVersions: signatureVersionsOf(body.signatureVersions) }),
    ...(body.disabledTopics === undefined ? {} : { disabledTopics: topicsOf(body.disabledTopics, context, faults) }),
    ...(body.disabledActions === undefined
      ? {}
      : { disabledActions: actionsOf(body.disabledActions, context, faults) }),
    ...(body.headers === undefined ? {} : { headers: headersOf(body.headers, context, faults) }),
  };
  if (faults.length > 0) throw bodyFaults(faults);
  return body.url === undefined ? change : { ...change, url: vettedUrl(body.url, context) };
}

/** In one order, whatever order they came in. */
function signatureVersionsOf(versions: readonly SignatureVersion[] | null): readonly SignatureVersion[] {
  if (versions === null) return DEFAULT_SETTINGS.signatureVersions;
  return SIGNATURE_VERSIONS.filter((version) => versions.includes(version));
}

function vettedUrl(text: string, { appEnv, egressPolicy }: SettingsContext): string {
  const verdict = vetTargetUrl(text, { appEnv, policy: egressPolicy });
  if (verdict.kind === "ok") return verdict.url.href;
  throw new ApiError("WEBHOOK_URL_FORBIDDEN", `The webhook's URL is not allowed. ${verdict.reason}`, {
    context: { faults: [{ path: "url", message: verdict.reason }] },
  });
}

/** A name that the webhook has already is kept, even when the catalogue has lost it: clients send back what they read. */
function topicsOf(names: readonly string[] | null, { catalog, current }: SettingsContext, faults: Fault[]): string[] {
  const topics = new Set<string>();
  for (const [at, name] of (names ?? []).entries()) {
    const topic = catalog.canonicalTopic(name);
    if (topic !== null) topics.add(topic);
    else if (current?.disabledTopics.includes(name) === true) topics.add(name);
    else faults.push({ path: `disabledTopics[${at}]`, message: `is \`${name}\`, which is no topic of the catalogue` });
  }
  return [...topics];
}

function actionsOf(names: readonly string[] | null, { catalog, current }: SettingsContext, faults: Fault[]): string[] {
  const actions = new Set<string>();
  for (const [at, name] of (names ?? []).entries()) {
    const canonical = canonicalAction(name, catalog);
    if (catalog.hasAction(canonical)) actions.add(canonical);
    else if (current?.disabledActions.includes(name) === true) actions.add(name);
    else {
      const message = `is \`${name}\`, which is no TOPIC.ACTION of the catalogue`;
      faults.push({ path: `disabledActions[${at}]`, message });
    }
  }
  return [...actions];
}

function canonicalAction(name: string, catalog: Catalog): string {
  const dotAt = name.indexOf(".");
  const topic = dotAt === -1 ? null : catalog.canonicalTopic(name.slice(0, dotAt));
  return topic === null ? name : topic + name.slice(dotAt);
}

function headersOf(
  pairs: readonly [string, string][] | null,
  { current }: SettingsContext,
  faults: Fault[],
): HeaderPair[] {
  const headers: HeaderPair[] = [];
  const seen = new Set<string>();
  for (const [at, [name, given]] of (pairs ?? []).entries()) {
    const stored = current?.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
    const value = given === HEADER_VALUE_MASK && typeof stored === "string" ? stored : given;
    const fault = seen.has(name.toLowerCase()) ? "its name is given twice" : headerFault([name, value]);
    if (fault !== null) faults.push({ path: `headers[${at}]`, message: `is refused: ${fault}` });
    seen.add(name.toLowerCase());
    headers.push([name, value]);
  }
  const bytes = headers.reduce((total, [name, value]) => total + name.length + value.length, 0);
  if (bytes > CUSTOM_HEADERS_BYTES_MAX) {
    faults.push({ path: "headers", message: `have ${bytes} bytes; at most ${CUSTOM_HEADERS_BYTES_MAX} are allowed` });
  }
  return headers;
}

function headerFault(header: HeaderPair): string | null {
  if (header[1] === HEADER_VALUE_MASK)
    return `its value is ${HEADER_VALUE_MASK}, and there is no stored one that could be kept: give it anew`;
  return customHeaderFault(header);
}
