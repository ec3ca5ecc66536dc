/** French messages. */
import type { applicationsEn } from "../en/applications.ts";

/** See the English file for what each is. */
export const applicationsFr: Record<keyof typeof applicationsEn, string> = {};
