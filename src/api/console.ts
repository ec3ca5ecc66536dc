/**
 * The console's page. Every path that is no call of the API shows the same page, which finds its way by itself; it is
 * rendered for each answer, because the policy of each names the one nonce that its scripts and styles have.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import { clientAddress } from "./client_address.ts";
import { pathOf } from "./error_envelope.ts";
import type { BuiltConsole } from "./console_files.ts";
import { ASSETS_URL, consoleFileRoutes, readBuiltConsole } from "./console_files.ts";
import type { Api, Services } from "./services.ts";
import { isSafeForKeys, sessionSecretOf } from "./session_cookie.ts";

const NONCE_BYTES = 16;
const API_URL = "/v4";
const NOT_BUILT = "The console is not built. Run `npm run build`, then start the server again.\n";
/** Of what a page could ask a browser for, all that the console does not need. */
const PERMISSIONS = ["camera", "clipboard-read", "display-capture", "geolocation", "microphone", "payment", "usb"];

const PAGE_HEADERS = {
  "cache-control": "no-store",
  "content-type": "text/html; charset=utf-8",
  "permissions-policy": PERMISSIONS.map((feature) => `${feature}=()`).join(", "),
  "x-frame-options": "DENY",
} as const;

/** The page and the files that it loads. */
export class ConsolePage {
  readonly #services: Services;
  readonly #built: BuiltConsole | null;

  /** Reads the folder that the build has made; without one, a sentence stands in place of the page. */
  constructor(services: Services, folder: string) {
    this.#services = services;
    this.#built = readBuiltConsole(folder);
    if (this.#built === null) services.log.info({ folder }, NOT_BUILT.trimEnd());
  }

  /** Registers `/` and the files. Paths inside the page are left to {@link isAskedFor}. */
  register(app: Api): void {
    const options = { exposeHeadRoute: true, config: { access: "open" }, schema: { hide: true } } as const;
    app.get("/", options, (request, reply) => this.send(request, reply));
    if (this.#built !== null) consoleFileRoutes(app, this.#built.files);
  }

  /** Whether a request that no route answers is one for a place inside the page: somebody navigates there. */
  isAskedFor(request: FastifyRequest): boolean {
    const path = pathOf(request);
    const isOthers = path === API_URL || path.startsWith(`${API_URL}/`) || path.startsWith(ASSETS_URL);
    const isRead = request.method === "GET" || request.method === "HEAD";
    return isRead && !isOthers && request.headers.accept?.includes("text/html") === true;
  }

  async send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.#built === null)
      return reply.code(503).header("content-type", "text/plain; charset=utf-8").send(NOT_BUILT);
    const { random, serverSettings } = this.#services;
    const nonce = random.bytes(NONCE_BYTES).toString("base64");
    const html = this.#built.html
      .replaceAll("__CSP_NONCE__", nonce)
      .replaceAll("__SESSION__", await this.#sessionState(request))
      .replaceAll("__INSECURE__", isSafeForKeys(request, serverSettings.isDevelopment) ? "no" : "yes");
    return reply.headers(PAGE_HEADERS).header("content-security-policy", policyOf(nonce)).send(html);
  }

  /** Whether asking for the session would succeed; `unknown` where the page has to ask. */
  async #sessionState(request: FastifyRequest): Promise<"yes" | "no" | "unknown"> {
    const secret = sessionSecretOf(request);
    if (secret === null) return isCookieWithheld(request) ? "unknown" : "no";
    try {
      await this.#services.authenticator.authenticateSession(secret, clientAddress(request));
      return "yes";
    } catch (error) {
      // Anybody can ask for the page, so a cookie that is made up is a guess here as everywhere.
      if (error instanceof ApiError) return error.code === "AUTHENTICATION_FAILED" ? "no" : "unknown";
      this.#services.log.warn({ err: error, requestId: request.id }, "the page is shown without a look at its session");
      return "unknown";
    }
  }
}

/** Whoever follows a link of another site comes without the cookie, and has it again for the calls of the page. */
function isCookieWithheld(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  return site !== "none" && site !== "same-origin" && site !== "same-site";
}

/** Scripts and styles from here alone; no connection, frame or form leads elsewhere, and none of ours is framed. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    // A form that is not handled by the page must not put a key into an address.
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
