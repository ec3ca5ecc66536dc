/** French messages. */
import type { auditEn } from "../en/audit.ts";

/** See the English file for what each is. */
export const auditFr: Record<keyof typeof auditEn, string> = {};
