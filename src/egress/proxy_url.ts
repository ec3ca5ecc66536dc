/** Reads `EGRESS_PROXY`. Pure; what it says of a faulty value never repeats it, since credentials may be in it. */
import { isIP } from "node:net";

/** Where the operator's forward proxy listens, and the `proxy-authorization` that it wants; null for none. Plain data. */
export type ProxyAddress = { host: string; port: number; authorization: string | null };

const NAMES_PORT = /^http:\/\/[^/?#]*:\d+\/?$/i;
/** In a header, the colon ends the user's name. */
const USER = /^[^\u0000-\u001f\u007f:]+$/;
const PASSWORD = /^[^\u0000-\u001f\u007f]*$/;

/** The proxy that `text` names (`http://user:password@host:3128`), or what is wrong with it, as `fault`. */
export function parseProxyUrl(text: string): ProxyAddress | { fault: string } {
  const url = URL.parse(text);
  if (url === null) return { fault: "is not a URL" };
  if (url.protocol !== "http:") return { fault: "does not begin with http://, and no other proxies are spoken to" };
  if (!NAMES_PORT.test(text)) return { fault: "names no port, or has a path, query or fragment behind it" };
  const port = url.port === "" ? 80 : Number(url.port);
  if (port === 0) return { fault: "has the port 0" };
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const authorization = authorizationOf(url);
  if (authorization === undefined) {
    return {
      fault: "has credentials that cannot be sent: a name without a colon is needed, percent-encoded like the password",
    };
  }
  return { host, port, authorization };
}

/** The proxy's address, as it may be shown. */
export function formatProxy({ host, port }: Pick<ProxyAddress, "host" | "port">): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Undefined where the credentials cannot be sent. */
function authorizationOf({ username, password }: URL): string | null | undefined {
  if (username === "" && password === "") return null;
  try {
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    if (!USER.test(user) || !PASSWORD.test(secret)) return undefined;
    return `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
  } catch {
    return undefined; // such as %zz
  }
}
