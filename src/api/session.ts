/** The console's session: a key is exchanged for a cookie once, and never kept in the browser. */
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import { ApiError } from "../errors.ts";
import { KEY_CHARS_MAX } from "../keys.ts";
import type { Session } from "../store/sessions.ts";
import type { ApiKey } from "../store/tenancy.ts";
import { actorOf, callerOf, sessionOf } from "./access.ts";
import { clientAddress } from "./client_address.ts";
import type { Patience } from "./failure_throttle.ts";
import { clientOf, FailureThrottle } from "./failure_throttle.ts";
import { refuseForeignPage } from "./same_origin.ts";
import { APP_ENV_SCHEMA, nullable, oneOf, SCOPE_SCHEMA, TIME_SCHEMA } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import {
  forgottenCookie,
  hashSessionSecret,
  isSafeForKeys,
  newSessionSecret,
  sessionCookie,
  sessionSecretOf,
} from "./session_cookie.ts";

/** How long a session lasts, in ms, however much it is used: 12 hours. */
export const SESSION_TTL_MS = 12 * 3_600_000;

/** Of one address, for keys that were not used lately: people mistype a key a few times, and programs do not sign in. */
const SIGN_IN_PATIENCE: Patience = { freeFailures: 5, firstWaitMs: 5_000, waitMsMax: 300_000 };

const USER_AGENT_CHARS_MAX = 200;
const SESSION_URL = "/v4/session";

const SIGN_IN_SCHEMA = Type.Object(
  {
    key: Type.String({
      minLength: 1,
      maxLength: KEY_CHARS_MAX,
      description: "The operator's key, or one of an application environment.",
    }),
  },
  { additionalProperties: false },
);

const SESSION_SCHEMA = Type.Object({
  session: Type.Object({
    kind: oneOf(["operator", "platform", "tenant"], "Of the key."),
    name: Type.String({ description: "The key's." }),
    scopes: Type.Array(SCOPE_SCHEMA),
    appId: nullable(Type.String({ description: "Null for the operator, who belongs to no application." })),
    appName: nullable(Type.String()),
    appEnv: nullable(APP_ENV_SCHEMA),
    expiresAt: TIME_SCHEMA,
    _createdAt: TIME_SCHEMA,
  }),
});

/** Registers the routes of this file. */
export function sessionRoutes(app: Api, services: Services): void {
  signInRoute(app, services);
  getSessionRoute(app);
  signOutRoute(app, services);
}

function signInRoute(app: Api, services: Services): void {
  const { store, random, clock, serverSettings, lifecycle } = services;
  const throttle = new FailureThrottle({ clock, patience: SIGN_IN_PATIENCE });
  app.route({
    method: "POST",
    url: SESSION_URL,
    config: {
      access: "open",
      errors: [
        "AUTHENTICATION_FAILED",
        "SCOPE_MISSING",
        "HTTPS_REQUIRED",
        "CROSS_ORIGIN_REFUSED",
        "AUTHENTICATION_THROTTLED",
        "SIGN_IN_THROTTLED",
      ],
    },
    schema: {
      operationId: "createSession",
      summary:
        "Sign in to the console: exchange a key for the cookie of a session of 12 hours, or until 30 minutes unused",
      tags: ["session"],
      body: SIGN_IN_SCHEMA,
      response: { 201: SESSION_SCHEMA },
    },
    handler: async (request, reply) => {
      await lifecycle.started; // before it, the operator's key may not be known yet
      if (!isSafeForKeys(request, serverSettings.isDevelopment)) throw httpsRequired();
      refuseForeignPage(request);
      const ip = clientAddress(request);
      const key = await acceptedKey(services, throttle, { text: request.body.key, ip });
      if (key.kind === "platform") throw platformRefused();
      const secret = newSessionSecret(random);
      const replaced = sessionSecretOf(request);
      const begun = await store.createSession({
        hash: hashSessionSecret(secret),
        keyId: key.id,
        ttlMs: SESSION_TTL_MS,
        userAgent: request.headers["user-agent"]?.slice(0, USER_AGENT_CHARS_MAX) ?? null,
        // Whoever signs in anew leaves no session behind, and takes none over: the secret is always a new one.
        replaces: replaced === null ? null : hashSessionSecret(replaced),
        actor: { kind: key.kind, keyId: key.id, name: key.name, ip, requestId: request.id },
      });
      if (begun.kind === "keyGone") throw notAccepted();
      const { session } = begun;
      void reply.code(201).header("set-cookie", sessionCookie(request, secret, session.expiresAt - session.createdAt));
      return sessionView(session, key);
    },
  });
}

function getSessionRoute(app: Api): void {
  app.route({
    method: "GET",
    url: SESSION_URL,
    config: { access: "session" },
    schema: {
      operationId: "getSession",
      summary: "Read the session of the cookie",
      tags: ["session"],
      response: { 200: SESSION_SCHEMA },
    },
    handler: async (request) => sessionView(sessionOf(request), callerOf(request)),
  });
}

function signOutRoute(app: Api, { store }: Services): void {
  app.route({
    method: "DELETE",
    url: SESSION_URL,
    config: { access: "session" },
    schema: {
      operationId: "deleteSession",
      summary: "Sign out: end the session of the cookie, at once and everywhere",
      tags: ["session"],
      response: { 204: Type.Null({ description: "The session has ended." }) },
    },
    handler: async (request, reply) => {
      const secret = sessionSecretOf(request);
      if (secret !== null) await store.deleteSession({ hash: hashSessionSecret(secret), actor: actorOf(request) });
      return reply.code(204).header("set-cookie", forgottenCookie(request)).send(null);
    },
  });
}

/** Every cause takes the same way, one look by the key's hash, and gets the same answer. */
async function acceptedKey(
  { authenticator }: Services,
  throttle: FailureThrottle,
  { text, ip }: { text: string; ip: string },
): Promise<ApiKey> {
  // A key that is in use is no guess: the failures of others at its address do not hold it up.
  const isRemembered = authenticator.isRemembered(text);
  const waitMs = isRemembered ? 0 : throttle.begin(clientOf(ip));
  if (waitMs > 0) throw throttled(Math.ceil(waitMs / 1000));
  let isWrong = false;
  try {
    const key = await authenticator.keyOf(text, ip);
    if (key !== null) return key;
    isWrong = true;
    throw notAccepted();
  } finally {
    if (!isRemembered && !isWrong) throttle.takeBack(clientOf(ip));
  }
}

function sessionView({ createdAt, expiresAt }: Session, { kind, name, scopes, tenant }: ApiKey) {
  return {
    session: {
      kind,
      name,
      scopes: [...scopes],
      appId: tenant?.appId ?? null,
      appName: tenant?.appName ?? null,
      appEnv: tenant?.appEnv ?? null,
      expiresAt: isoTime(expiresAt),
      _createdAt: isoTime(createdAt),
    },
  };
}

function notAccepted(): ApiError {
  return new ApiError("AUTHENTICATION_FAILED", "The key is not accepted. Check it, or use another one.");
}

function platformRefused(): ApiError {
  return new ApiError(
    "SCOPE_MISSING",
    "A key of the platform only publishes messages, so there is nothing it could show. " +
      "Sign in with a key of an application, or with the operator's.",
  );
}

function httpsRequired(): ApiError {
  return new ApiError(
    "HTTPS_REQUIRED",
    "A key may only be sent over https. Open the console over https; if a proxy ends TLS before this server, " +
      "set TRUST_PROXY, so that the proxy is believed.",
  );
}

function throttled(waitS: number): ApiError {
  return new ApiError(
    "SIGN_IN_THROTTLED",
    `Too many keys were refused from this address. Try again in ${waitS} ${waitS === 1 ? "second" : "seconds"}.`,
    { retryAfterS: waitS },
  );
}
