/**
 * What a start makes and prints: the operator's key, once, and in development mode a demo application with keys, so that
 * the next command can be typed at once.
 */
import type { Config } from "./config.ts";
import type { AppEnv } from "./domain/values.ts";
import { DEFAULT_SCOPES, hashApiKey, newApiKey, newAppId, shownPrefix } from "./keys.ts";
import type { Random } from "./random.ts";
import type { Store } from "./store/store.ts";
import type { Actor } from "./store/tenancy.ts";

/** The demo application with its keys in clear. */
export type Demo = { appId: string; appEnv: AppEnv; tenantKey: string; platformKey: string };

/** What was made by this start; null for what was there already or is not wanted. */
export type FirstStart = { operatorKey: string | null; demo: Demo | null };

const DEMO_ENV: AppEnv = "DEVELOPMENT";
const SYSTEM: Actor = { kind: "system", keyId: null, name: "first start", ip: null, requestId: null };

/** Sets the operator's key, or generates one where there is none; makes the demo application of development mode. */
export async function prepareFirstStart(
  store: Store,
  { config, random }: { config: Pick<Config, "adminApiKey" | "isDevelopment">; random: Random },
): Promise<FirstStart> {
  const operatorKey = await ensureOperatorKey(store, config.adminApiKey?.reveal() ?? null, random);
  const { total } = await store.listApplications({ limit: 1, page: 1, cursor: null });
  const isDemoWanted = config.isDevelopment && total === 0 && (await store.claimDemo());
  return { operatorKey, demo: isDemoWanted ? await makeDemo(store, random) : null };
}

/** What a person is to read on stdout. `url` is where clients reach the server. */
export function startText({ operatorKey, demo }: FirstStart, url: string): string {
  const parts = [`Ignisign Webhooks is ready at ${url}\n`];
  if (operatorKey !== null) {
    parts.push(`Operator key (it may do everything; it is shown only this once):\n  ${operatorKey}\n`);
  }
  if (demo !== null) parts.push(demoText(demo, url));
  else if (operatorKey !== null) parts.push(firstApplicationText(operatorKey, url));
  else parts.push(newKeysText(url));
  return `${parts.join("\n")}\n`;
}

/** The same for a process that only delivers. */
export function workerText(url: string): string {
  return `Ignisign Webhooks delivers as a worker. It answers ${url}/healthz and ${url}/readyz alone.\n`;
}

async function ensureOperatorKey(store: Store, given: string | null, random: Random): Promise<string | null> {
  const key = given ?? newApiKey({ kind: "operator" }, random);
  const onlyIfNone = given === null;
  const { isSet } = await store.setOperatorKey({ hash: hashApiKey(key), prefix: shownPrefix(key), onlyIfNone });
  return given === null && isSet ? key : null;
}

async function makeDemo(store: Store, random: Random): Promise<Demo> {
  const appId = newAppId(random);
  await store.createApplication({ appId, appName: "Demo application", orgId: null, actor: SYSTEM });
  const tenant = await store.findTenant({ appId, appEnv: DEMO_ENV });
  if (tenant === null) throw new Error("an application that was just made has no environment");
  const tenantKey = newApiKey({ kind: "tenant", appId, appEnv: DEMO_ENV }, random);
  const platformKey = newApiKey({ kind: "platform" }, random);
  for (const [key, place] of [
    [tenantKey, { kind: "tenant", tenant: tenant.tenant, name: "Demo", scopes: DEFAULT_SCOPES }],
    [platformKey, { kind: "platform", tenant: null, name: "Demo publisher", scopes: ["messages"] }],
  ] as const) {
    const made = { ...place, prefix: shownPrefix(key), hash: hashApiKey(key), expiresAt: null };
    await store.createApiKey({ key: made, actor: SYSTEM });
  }
  return { appId, appEnv: DEMO_ENV, tenantKey, platformKey };
}

function demoText({ appId, appEnv, tenantKey, platformKey }: Demo, url: string): string {
  const base = `${url}/v4/applications/${appId}/envs/${appEnv}`;
  const content = { signatureRequestId: "sr-789012", signerId: "signer-345678" };
  const message = { topic: "SIGNATURE", action: "SIGNATURE_SUCCESS", content };
  return [
    "Demo application (made by the first start in development mode; these keys are shown only this once):",
    `  application     ${appId}   environment ${appEnv}`,
    `  its key         ${tenantKey}`,
    `  publishing key  ${platformKey}`,
    "",
    "Next, register a webhook:",
    curl(`${base}/webhooks`, tenantKey, { url: "http://127.0.0.1:3000/api/ignisign-webhooks" }),
    "",
    "Then publish a message to it:",
    curl(`${base}/messages`, platformKey, message),
    "",
  ].join("\n");
}

function firstApplicationText(operatorKey: string, url: string): string {
  return `Next, make an application:\n${curl(`${url}/v4/applications`, operatorKey, { appName: "My application" })}\n`;
}

function newKeysText(url: string): string {
  const operator = "<operator key>";
  return [
    "New keys are made with the operator's key. A key of an application environment, and one that publishes:",
    curl(`${url}/v4/applications/<appId>/envs/${DEMO_ENV}/api-keys`, operator, {}),
    curl(`${url}/v4/api-keys`, operator, {}),
    `GET ${url}/v4/applications lists the applications. Is the operator's key lost? Start once with ADMIN_API_KEY set to a new one.`,
    "",
  ].join("\n");
}

function curl(url: string, key: string, body: object): string {
  return [
    `  curl -X POST '${url}' \\`,
    `    -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify(body)}'`,
  ].join("\n");
}
