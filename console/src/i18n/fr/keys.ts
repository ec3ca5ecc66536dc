/** French messages. */
import type { keysEn } from "../en/keys.ts";

/** See the English file for what each is. */
export const keysFr: Record<keyof typeof keysEn, string> = {};
