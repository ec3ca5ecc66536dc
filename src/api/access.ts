/**
 * Who may call what. Each route names the scope it needs; a route without one does not start (default deny). The caller's
 * key and the tenant that the path names are found before anything of the body is read.
 */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import { assert } from "../assert.ts";
import type { AppEnv, Scope } from "../domain/values.ts";
import { parseAppEnv } from "../domain/values.ts";
import type { ErrorCode } from "../errors.ts";
import { ApiError } from "../errors.ts";
import type { Session } from "../store/sessions.ts";
import type { Actor, ApiKey, Tenant } from "../store/tenancy.ts";
import type { Authenticator } from "./authentication.ts";
import { clientAddress } from "./client_address.ts";
import { refuseForeignCookie } from "./same_origin.ts";
import type { Api, Services } from "./services.ts";
import { sessionSecretOf } from "./session_cookie.ts";

/**
 * The scope a caller needs; `operator` is the operator's key alone; `session` is any key, by the cookie of a session alone;
 * `open` needs no key at all.
 */
type Access = Scope | "operator" | "session" | "open";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Required of every route. */
    access?: Access;
    /** The codes, besides the general ones, that the route answers with: for the reference. */
    errors?: readonly ErrorCode[];
    /** Whether the route is refused while the server stops, because it would begin deliveries. */
    beginsDeliveries?: boolean;
    /** The schema of headers that the route reads itself: for the reference. */
    headers?: object;
  }
  interface FastifyRequest {
    /** The caller's key; null on open routes. */
    apiKey: ApiKey | null;
    /** The session by whose cookie the caller's key was found; null where the key itself was sent. */
    session: Session | null;
    /** The tenant that the path names; null where it names none. */
    tenant: Tenant | null;
  }
}

/** Guards every route that is registered afterwards. */
export function guardRoutes(app: Api, services: Services): void {
  app.decorateRequest("apiKey", null);
  app.decorateRequest("session", null);
  app.decorateRequest("tenant", null);
  app.addHook("onRoute", (route) => {
    const { access, beginsDeliveries = false } = route.config ?? {};
    assert(access !== undefined, `the route ${String(route.method)} ${route.url} does not say who may call it`);
    const guard = access === "open" ? null : guardOf({ access, beginsDeliveries }, services);
    if (guard !== null) route.onRequest = guard;
  });
}

/** The key of the caller of a guarded route. */
export function callerOf(request: FastifyRequest): ApiKey {
  assert(request.apiKey !== null, "the route is not guarded");
  return request.apiKey;
}

/** The session of the caller of a route with the access `session`. */
export function sessionOf(request: FastifyRequest): Session {
  assert(request.session !== null, "the route does not ask for a session");
  return request.session;
}

/** The tenant that the path of a guarded route names. */
export function tenantOf(request: FastifyRequest): Tenant {
  assert(request.tenant !== null, "the path names no tenant");
  return request.tenant;
}

/** The tenant that the caller is confined to; null for the operator and the platform. */
export function ownTenantOf(request: FastifyRequest): Tenant | null {
  return callerOf(request).tenant;
}

/** Who does it, for the audit log. */
export function actorOf(request: FastifyRequest): Actor {
  const { kind, id, name } = callerOf(request);
  return { kind, keyId: id, name, ip: clientAddress(request), requestId: request.id };
}

/** Whether the key has the scope: the operator's has every one, the platform's only `messages`. */
export function hasScope(key: Pick<ApiKey, "kind" | "scopes">, scope: Scope): boolean {
  return key.kind === "operator" || key.scopes.includes(scope);
}

/**
 * Whether the caller of a guarded route would still be let in: the key or session is neither revoked nor expired. For
 * answers that last. Rejects when that cannot be told.
 */
export async function isStillAdmitted(request: FastifyRequest, authenticator: Authenticator): Promise<boolean> {
  try {
    if (request.session === null)
      await authenticator.authenticate(request.headers.authorization, clientAddress(request));
    else await authenticator.authenticateSession(sessionSecretOf(request) ?? "", clientAddress(request));
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

type Guard = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void | Promise<void>;

function guardOf(needs: { access: Exclude<Access, "open">; beginsDeliveries: boolean }, services: Services): Guard {
  const { authenticator, lifecycle, tenants } = services;
  const admit = (request: FastifyRequest, key: ApiKey): Promise<Tenant | null> | null => {
    request.apiKey = key;
    const path = pathTenant(request);
    if (key.tenant !== null) refuseForeignPath(path, key.tenant);
    if (needs.access !== "session") refuseMissingScope(key, needs.access);
    else if (request.session === null) throw sessionRequired();
    if (needs.beginsDeliveries && lifecycle.state === "stopping") {
      throw new ApiError(
        "SHUTTING_DOWN",
        "The server is stopping and takes nothing new. Try again elsewhere or later.",
      );
    }
    if (path.appId === undefined || path.appEnv === undefined) return null;
    request.tenant = key.tenant ?? tenants.known({ appId: path.appId, appEnv: path.appEnv }) ?? null;
    return request.tenant === null ? tenants.find({ appId: path.appId, appEnv: path.appEnv }) : null;
  };
  const enter = (request: FastifyRequest): Promise<void> | null => {
    // A key goes before a cookie, which the browser sends by itself.
    const secret = request.headers.authorization === undefined ? sessionSecretOf(request) : null;
    if (secret !== null) return enterBySession(request, secret);
    const key = authenticator.authenticate(request.headers.authorization, clientAddress(request));
    if (key instanceof Promise) return finish(request, key);
    const found = admit(request, key);
    return found === null ? null : found.then((tenant) => void (request.tenant = required(tenant)));
  };
  const enterBySession = async (request: FastifyRequest, secret: string): Promise<void> => {
    refuseForeignCookie(request);
    const { session, key } = await authenticator.authenticateSession(secret, clientAddress(request));
    request.session = session;
    await finish(request, Promise.resolve(key));
  };
  const finish = async (request: FastifyRequest, pending: Promise<ApiKey>): Promise<void> => {
    const found = admit(request, await pending);
    if (found !== null) request.tenant = required(await found);
  };
  // Synchronous wherever nothing has to be asked for, which is nearly always.
  return (request, _reply, done) => {
    let pending: Promise<void> | null;
    try {
      pending =
        lifecycle.state === "starting" ? lifecycle.started.then(() => enter(request) ?? undefined) : enter(request);
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)));
    }
    return pending ?? done();
  };
}

/** What the path names; an unknown environment is 404 at once. */
function pathTenant(request: FastifyRequest): { appId: string | undefined; appEnv: AppEnv | undefined } {
  const params = request.params as { appId?: string; appEnv?: string }; // route parameters are strings where present
  if (params.appEnv === undefined) return { appId: params.appId, appEnv: undefined };
  const appEnv = parseAppEnv(params.appEnv);
  if (appEnv === null) throw envNotFound(params.appEnv);
  return { appId: params.appId, appEnv };
}

function refuseForeignPath(path: { appId: string | undefined; appEnv: AppEnv | undefined }, own: Tenant): void {
  if (path.appId !== undefined && path.appId !== own.appId) throw appNotFound();
  if (path.appEnv !== undefined && path.appEnv !== own.appEnv) throw envNotFound(path.appEnv);
}

/** Throws SCOPE_MISSING: for what a route's own access does not say. */
export function refuseMissingScope(key: ApiKey, access: Exclude<Access, "session" | "open">): void {
  if (access === "operator" ? key.kind === "operator" : hasScope(key, access)) return;
  const needed = access === "operator" ? "the operator's key" : `the scope \`${access}\``;
  throw new ApiError("SCOPE_MISSING", `This call needs ${needed}, which the key does not have.`, {
    context: { scope: access },
  });
}

function sessionRequired(): ApiError {
  return new ApiError(
    "AUTHENTICATION_REQUIRED",
    "This call needs the cookie of a session, which POST /v4/session gives for a key.",
  );
}

function required(tenant: Tenant | null): Tenant {
  if (tenant === null) throw appNotFound();
  return tenant;
}

/** The same for an application that does not exist and one of another tenant. */
export function appNotFound(): ApiError {
  return new ApiError("APP_NOT_FOUND", "There is no such application for this key. Check the appId in the path.");
}

function envNotFound(text: string): ApiError {
  const shown = text.slice(0, 32);
  return new ApiError("APP_ENV_NOT_FOUND", `There is no environment \`${shown}\` for this key. Check the path.`);
}
