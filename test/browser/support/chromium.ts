/** A real Chromium for a whole test file, brought by npm: unpacked into a folder of its own and removed at the end. */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Two test files run at a time, so each unpacks its own copy: half-written files are nobody's. */
export async function launchChromium(): Promise<RunningBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-chromium-"));
  const executablePath = await unpackedInto(folder);
  const args = [...packed.args.filter((flag) => !UNWANTED.has(flag)), "--disable-gpu"];
  const browser = await chromium.launch({ executablePath, args, headless: true });
  const stop = async (): Promise<void> => {
    await browser.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { browser, stop };
}

/** The package unpacks into the system's folder for temporary files, which is what can be told. */
async function unpackedInto(folder: string): Promise<string> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
