/** French messages. */
import type { catalogueEn } from "../en/catalogue.ts";

/** See the English file for what each is. */
export const catalogueFr: Record<keyof typeof catalogueEn, string> = {};
