/** French messages. */
import type { overviewEn } from "../en/overview.ts";

/** See the English file for what each is. */
export const overviewFr: Record<keyof typeof overviewEn, string> = {};
