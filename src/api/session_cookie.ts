/**
 * The cookie of the console's session. Over https its name has the prefix `__Host-`, so that a browser takes it from this
 * very host alone; over plain http, which is for one machine, that prefix and `Secure` are not possible.
 */
import { hash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Random } from "../random.ts";

const SECURE_NAME = "__Host-ignisign_session";
const PLAIN_NAME = "ignisign_session";
const SECRET_BYTES = 32;
/** A secret as {@link newSessionSecret} makes it; anything else in the cookie is not looked up. */
const SECRET_FORM = /^[A-Za-z0-9_-]{43}$/;

/** What a new cookie holds: 256 bits, never the key. */
export function newSessionSecret(random: Random): string {
  return random.bytes(SECRET_BYTES).toString("base64url");
}

/** The SHA-256 of a cookie's secret: what is stored of it. */
export function hashSessionSecret(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

/** The secret that the request's cookie holds; null without one, and for one under the name of the other protocol. */
export function sessionSecretOf(request: FastifyRequest): string | null {
  const start = `${nameFor(request)}=`;
  for (const pair of request.headers.cookie?.split(";") ?? []) {
    const text = pair.trim();
    if (text.startsWith(start) && SECRET_FORM.test(text.slice(start.length))) return text.slice(start.length);
  }
  return null;
}

/** The value of a `set-cookie` header: `SameSite=Strict`, out of reach for scripts, for the whole of this host. */
export function sessionCookie(request: FastifyRequest, secret: string, maxAgeMs: number): string {
  const secure = isHttps(request) ? "; Secure" : "";
  const maxAgeS = Math.floor(maxAgeMs / 1000);
  return `${nameFor(request)}=${secret}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`;
}

/** The value of a `set-cookie` header that makes the browser forget the cookie. */
export function forgottenCookie(request: FastifyRequest): string {
  return sessionCookie(request, "", 0);
}

/**
 * Whether a key may be typed into a page of this server as the browser reached it: over https, or without leaving the
 * machine. In development everything is on one machine.
 */
export function isSafeForKeys(request: FastifyRequest, isDevelopment: boolean): boolean {
  if (isDevelopment || isHttps(request)) return true;
  // A proxy may call under another host, but not under another scheme: then it ends TLS and is not trusted to say so.
  return isLoopback(request.hostname) && request.headers.origin?.startsWith("https:") !== true;
}

function nameFor(request: FastifyRequest): string {
  return isHttps(request) ? SECURE_NAME : PLAIN_NAME;
}

function isHttps(request: FastifyRequest): boolean {
  return request.protocol === "https";
}

function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  const isLocalName = name === "localhost" || name.endsWith(".localhost");
  return isLocalName || name === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}
