/**
 * A real Chromium for a whole test file, brought by npm. It is unpacked once, which takes seconds, and kept beside the code
 * for all test files and later runs.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import packed from "@sparticuz/chromium";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";

/**
 * Flags of the package that would hide what the tests look for, make one crash the end of all pages, or have each frame drawn
 * by an emulated GPU: on a machine without one, that takes more than everything else together.
 */
const UNWANTED = new Set([
  "--single-process",
  "--in-process-gpu",
  "--no-zygote",
  "--disable-web-security",
  "--allow-running-insecure-content",
  "--disable-site-isolation-trials",
  "--ignore-gpu-blocklist",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
]);

/** A browser and how to end it. */
export type RunningBrowser = { browser: Browser; stop: () => Promise<void> };

const FOLDER = join(import.meta.dirname, "../../../node_modules/.cache/webhooks-chromium");
const PACKAGE = fileURLToPath(new URL("../package.json", import.meta.resolve("@sparticuz/chromium")));

/** Starts one. */
export async function launchChromium(): Promise<RunningBrowser> {
  const executablePath = await unpacked();
  const args = [...packed.args.filter((flag) => !UNWANTED.has(flag)), "--disable-gpu"];
  const browser = await chromium.launch({ executablePath, args, headless: true });
  return { browser, stop: () => browser.close() };
}

/** Two test files may be the first at once: each unpacks into a folder of its own, and what is half written is nobody's. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string }; // every package has one
  const folder = join(FOLDER, version);
  const executable = join(folder, "chromium");
  if (existsSync(executable)) return executable;
  await mkdir(FOLDER, { recursive: true });
  const own = await mkdtemp(join(FOLDER, "unpacking-"));
  await unpackInto(own);
  try {
    await rename(own, folder);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    // Another test file was first.
    if (!existsSync(executable)) throw error;
  }
  return executable;
}

/** The package unpacks into the system's folder for temporary files, which is what can be told. */
async function unpackInto(folder: string): Promise<void> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
