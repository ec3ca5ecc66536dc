/** Two tenants with one of everything and contents that look the same, and every kind of caller there is. */
import { assert } from "../../../src/assert.ts";
import { SCOPES } from "../../../src/domain/values.ts";
import type { ApiServer, CheckedClient } from "./api_server.ts";
import { eventually } from "./api_server.ts";
import { ADMIN_API_KEY } from "./server_process.ts";
import type { Receiver } from "./receiver.ts";

/** What paths and fields name of a tenant. */
export type Ids = {
  appId: string;
  appEnv: string;
  webhookId: string;
  eventId: string;
  messageId: string;
  keyId: string;
  jobId: string;
  viewId: string;
  number: string;
};

/** A tenant with a delivered event, a job, a shared view, a token that nobody has consumed, and a key that may do everything in it. */
export type Household = {
  ids: Ids;
  base: string;
  key: string;
  all: CheckedClient;
  token: string;
  /** A place in each list of the tenant, by the list's path. */
  cursors: Record<string, string>;
};

/** Ids of the right form that name nothing. */
export const NOBODYS: Ids = {
  appId: "appId_00000000-0000-4000-8000-000000000000",
  appEnv: "NOWHERE",
  webhookId: `whk_${"0".repeat(22)}`,
  eventId: `evt_${"0".repeat(27)}`,
  messageId: `msg_${"0".repeat(22)}`,
  keyId: `key_${"0".repeat(22)}`,
  jobId: `job_${"0".repeat(22)}`,
  viewId: `viw_${"0".repeat(22)}`,
  number: "77",
};

/** The text with its ids in braces filled in. */
export function fillIds(template: string, ids: Ids): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in ids ? ids[name as keyof Ids] : whole));
}

const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "signer-of-both" } };

/** A household on the server, of `events` messages. */
export async function makeHousehold(server: ApiServer, receiver: Receiver, events: number): Promise<Household> {
  const { appId, base } = await server.tenant();
  const made = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes: SCOPES, name: "all" });
  const key = String(made.json["apiKey"]);
  const all = server.operator.as(key);
  const webhook = await all.must(201, "POST", `${base}/webhooks`, { url: `${receiver.url}/${appId}` });
  const { json: batch } = await all.must(201, "POST", `${base}/messages/batch`, {
    messages: Array.from({ length: events }, () => SIGNER),
  });
  const last = (batch["messages"] as { _id: string; events: { _id: string }[] }[]).at(-1);
  assert(last !== undefined, "a household has events");
  const eventId = last.events[0]?._id ?? "";
  const read = () => all.must(200, "GET", `${base}/events?filter=SUCCESS`);
  await eventually(read, ({ json }) => (json["events"] as unknown[]).length === events);
  const [jobId] = [await startJob(all, base), await startJob(all, base)];
  const [received] = await receiver.until(1, ({ path }) => path === `/${appId}`);
  const cursors: Record<string, string> = {};
  for (const list of ["events", "messages", "jobs", "api-keys", "audit-log"]) {
    const { json } = await all.must(200, "GET", `${base}/${list}?limit=1`);
    cursors[list] = String(json["nextCursor"]);
  }
  const webhookId = String(webhook.json["_id"]);
  const view = await all.must(201, "POST", `${base}/views`, { name: "view-of-both", query: "?filter=failed" });
  const viewId = String(view.json["_id"]);
  const ids = { appId, appEnv: "DEVELOPMENT", webhookId, eventId, messageId: last._id, jobId, viewId, number: "1" };
  const token = /wvt_[\w-]+/.exec(received?.body ?? "")?.[0] ?? "";
  return { ids: { ...ids, keyId: String(made.json["_id"]) }, base, key, all, token, cursors };
}

async function startJob(all: CheckedClient, base: string): Promise<string> {
  return String((await all.must(202, "POST", `${base}/events/resend`, { filter: "FAILED" })).json["_id"]);
}

/** Somebody who calls, by headers; `identity` says what the credential is, whatever form it has. */
export type Caller = {
  name: string;
  headers: Record<string, string>;
  identity: "tenant" | "otherTenant" | "otherEnvironment" | "platform" | "operator" | "nobody";
  scopes: readonly string[];
  isSession: boolean;
  /** The code of the refusal where the credential itself is not accepted. */
  refusal: string | null;
};

/** Every kind of caller, as seen by the tenant of `own`. */
export async function makeCallers(server: ApiServer, own: Household, other: Household): Promise<Caller[]> {
  const { operator } = server;
  const newKey = async (base: string, body: object): Promise<{ id: string; key: string }> => {
    const { json } = await operator.must(201, "POST", `${base}/api-keys`, body);
    return { id: String(json["_id"]), key: String(json["apiKey"]) };
  };
  const platform = String((await operator.must(201, "POST", "/v4/api-keys", {})).json["apiKey"]);
  const production = own.base.replace("DEVELOPMENT", "PRODUCTION");
  const otherEnvironment = await newKey(production, { scopes: SCOPES });
  const revoked = await newKey(own.base, { scopes: SCOPES });
  const jwtOfRevoked = await exchange(server, own, revoked.key);
  const endedCookie = await signIn(server, revoked.key);
  await operator.must(200, "DELETE", `${own.base}/api-keys/${revoked.id}`);
  const expired = await newKey(own.base, { scopes: SCOPES, expiresAt: new Date(Date.now() + 1_500).toISOString() });
  const all = { identity: "tenant", scopes: SCOPES, isSession: false, refusal: null } as const;
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const cookie = (value: string) => ({ cookie: value, "sec-fetch-site": "same-origin", "ignisign-console": "1" });
  const scoped: Caller[] = [];
  for (const scope of SCOPES) {
    const { key } = await newKey(own.base, { scopes: [scope] });
    scoped.push({ ...all, name: `a key with the scope ${scope} alone`, headers: bearer(key), scopes: [scope] });
  }
  const ownCookie = await signIn(server, own.key);
  const refused = (name: string, headers: Record<string, string>, refusal = "AUTHENTICATION_FAILED"): Caller => ({
    name,
    headers,
    identity: "nobody",
    scopes: [],
    isSession: "cookie" in headers,
    refusal,
  });
  const callers: Caller[] = [
    ...scoped,
    { ...all, name: "a key with every scope", headers: bearer(own.key) },
    { ...all, name: "a jwtToken", headers: bearer(await exchange(server, own, own.key)) },
    { ...all, name: "a session of a key", headers: cookie(ownCookie), isSession: true },
    { ...all, name: "another tenant's key", headers: bearer(other.key), identity: "otherTenant" },
    {
      ...all,
      name: "a key of another environment",
      headers: bearer(otherEnvironment.key),
      identity: "otherEnvironment",
    },
    { ...all, name: "a platform's key", headers: bearer(platform), identity: "platform", scopes: ["messages"] },
    { ...all, name: "the operator's key", headers: bearer(ADMIN_API_KEY), identity: "operator" },
    {
      ...all,
      name: "a session of the operator",
      headers: cookie(await signIn(server, ADMIN_API_KEY)),
      identity: "operator",
      isSession: true,
    },
    refused("nobody", {}, "AUTHENTICATION_REQUIRED"),
    refused("an unknown key", bearer(`${own.key}x`)),
    refused("a revoked key", bearer(revoked.key)),
    refused("an expired key", bearer(expired.key)),
    refused("a jwtToken of a revoked key", bearer(jwtOfRevoked)),
    refused("a forged jwtToken", bearer(`${jwtOfRevoked.slice(0, -4)}AAAA`)),
    refused("a header that is no key", { authorization: "Basic eDp5" }),
    refused("a key that is too long", bearer("x".repeat(600))),
    refused("a session that has ended", cookie(endedCookie)),
    refused("a cookie that is no session", cookie(`ignisign_session=${"A".repeat(43)}`)),
    refused(
      "a cookie from another site",
      { ...cookie(ownCookie), "sec-fetch-site": "cross-site" },
      "CROSS_ORIGIN_REFUSED",
    ),
    refused(
      "a cookie from another origin",
      { cookie: ownCookie, origin: "https://evil.example" },
      "CROSS_ORIGIN_REFUSED",
    ),
  ];
  server.shift.ms += 2_000; // the one key expires, and no other
  return callers;
}

async function exchange(server: ApiServer, { ids }: Household, secret: string): Promise<string> {
  const body = { appId: ids.appId, appEnv: ids.appEnv, secret };
  return String((await server.operator.must(200, "POST", "/v4/auth/app-api", body)).json["jwtToken"]);
}

/** The cookie of a new session. */
export async function signIn(server: ApiServer, key: string): Promise<string> {
  const answer = await server.operator.must(201, "POST", "/v4/session", { key });
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}
