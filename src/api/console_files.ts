/**
 * The files of the built console, read once: what is asked for later is looked up among them, so no path leads anywhere
 * else. Names under `assets/` carry a hash of their content, so browsers may keep those files for ever.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Api } from "./services.ts";

/** The folder of the files that a page loads, as it stands in their paths. */
export const ASSETS_URL = "/assets/";

const PAGE_FILE = "index.html";
const IMMUTABLE = "public, max-age=31536000, immutable";
const REVALIDATED = "no-cache";
/** Compressed copies beside a file, in the order of preference, by the names of their encodings. */
const ENCODINGS = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
};

/** One form of a file: as it is, or compressed. */
type Form = { encoding: string | null; bytes: Buffer; etag: string };
type ConsoleFile = { url: string; contentType: string; cacheControl: string; forms: readonly Form[] };

/** What the build has made: the page with its placeholders, and the files it loads. */
export type BuiltConsole = { html: string; files: readonly ConsoleFile[] };

/** Null when the folder holds no built console. */
export function readBuiltConsole(folder: string): BuiltConsole | null {
  if (!existsSync(join(folder, PAGE_FILE))) return null;
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== PAGE_FILE && !isHidden(path) && !isCompressedCopy(path));
  return { html: readFileSync(join(folder, PAGE_FILE), "utf8"), files: paths.map((path) => readFile(folder, path)) };
}

/** A route for each file, so that the router alone decides what exists. */
export function consoleFileRoutes(app: Api, files: readonly ConsoleFile[]): void {
  for (const file of files) {
    const { url } = file;
    const options = { exposeHeadRoute: true, config: { access: "open" }, schema: { hide: true } } as const;
    app.get(url, options, (request, reply) => sendFile(request, reply, file));
  }
}

function readFile(folder: string, path: string): ConsoleFile {
  const url = `/${path.split(sep).join("/")}`;
  const copies = ENCODINGS.map(({ name, suffix }) => ({ encoding: name, path: join(folder, path + suffix) }));
  return {
    url,
    contentType: CONTENT_TYPES[extname(path)] ?? "application/octet-stream",
    cacheControl: url.startsWith(ASSETS_URL) ? IMMUTABLE : REVALIDATED,
    forms: [
      ...copies.filter((copy) => existsSync(copy.path)).map((copy) => formOf(readFileSync(copy.path), copy.encoding)),
      formOf(readFileSync(join(folder, path)), null),
    ],
  };
}

function formOf(bytes: Buffer, encoding: string | null): Form {
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  return { bytes, encoding, etag: `"${digest}"` };
}

/** What the build tools keep for themselves. */
function isHidden(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith("."));
}

function isCompressedCopy(path: string): boolean {
  return ENCODINGS.some(({ suffix }) => path.endsWith(suffix));
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  const accepted = acceptedEncodings(request.headers["accept-encoding"]);
  const form = file.forms.find(({ encoding }) => encoding === null || accepted.has(encoding));
  if (form === undefined) throw new Error(`${file.url} has no form without encoding`);
  void reply.headers({
    "cache-control": file.cacheControl,
    "content-type": file.contentType,
    etag: form.etag,
    vary: "accept-encoding",
  });
  if (form.encoding !== null) void reply.header("content-encoding", form.encoding);
  return isKnown(request.headers["if-none-match"], form.etag) ? reply.code(304).send() : reply.send(form.bytes);
}

/** `gzip;q=0` refuses it. Without patterns: on a long run of blanks one would try each of them as a beginning. */
function acceptedEncodings(header: string | string[] | undefined): Set<string> {
  const entries = [header ?? ""].flat().join(",").toLowerCase().split(",");
  const wanted = entries.map((entry) => entry.split(";").map((part) => part.trim()));
  return new Set(wanted.filter((parts) => qualityOf(parts) > 0).map(([name = ""]) => name));
}

function qualityOf([, ...parameters]: readonly string[]): number {
  return Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length) ?? 1);
}

function isKnown(header: string | undefined, etag: string): boolean {
  const known = new Set((header ?? "").split(",").map((entry) => entry.trim().replace(/^W\//, "")));
  return known.has(etag) || known.has("*");
}
