/** French messages. */
import type { snippetsEn } from "../en/snippets.ts";

/** See the English file for what each is. */
export const snippetsFr: Record<keyof typeof snippetsEn, string> = {};
