/** Waiting for what will be true, when there is no signal to wait for. */
import { setTimeout as pause } from "node:timers/promises";

const EVERY_MS = 50;
const TRIES_MAX = 1_200;

/** Resolves when `holds` does; fails after a minute, saying what was waited for. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (await holds()) return;
    await pause(EVERY_MS);
  }
  throw new Error(`waited in vain until ${what}`);
}
