/**
 * Whether a browser's call came from a page of this server. A cookie goes along with every call to its host, so it proves
 * nothing by itself: `SameSite` keeps other sites out, and these checks keep out other origins of the same site, too.
 */
import type { FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";

/** Only a page of the same origin can send a header of its own choice without asking the server first. */
const CONSOLE_HEADER = "ignisign-console";
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Refuses a call with the session's cookie that did not come from the console. Throws CROSS_ORIGIN_REFUSED. */
export function refuseForeignCookie(request: FastifyRequest): void {
  const site = request.headers["sec-fetch-site"];
  if (site === undefined ? request.headers.origin !== ownOrigin(request) : site !== "same-origin") {
    throw refused("a session's cookie is taken from pages of this server alone. Other clients send a key");
  }
  if (!SAFE_METHODS.has(request.method) && request.headers[CONSOLE_HEADER] !== "1") {
    throw refused(`with a session's cookie, ${request.method} needs the header \`${CONSOLE_HEADER}: 1\``);
  }
}

/** Refuses a call that a browser made from another origin; clients that are no browser say nothing of it. Throws, too. */
export function refuseForeignPage(request: FastifyRequest): void {
  const { "sec-fetch-site": site, origin } = request.headers;
  const isForeign = site === undefined ? origin !== undefined && origin !== ownOrigin(request) : site !== "same-origin";
  if (isForeign) throw refused("it came from a page of another origin. Sign in at the console of this server");
}

function ownOrigin(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

function refused(reason: string): ApiError {
  return new ApiError("CROSS_ORIGIN_REFUSED", `The call is refused: ${reason}.`);
}
