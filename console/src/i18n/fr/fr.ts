/** The French messages: a file for each part of the console. */
import type { Messages } from "../i18n.ts";
import { chartsFr } from "./charts.ts";
import { overviewFr } from "./overview.ts";
import { applicationsFr } from "./applications.ts";
import { catalogueFr } from "./catalogue.ts";
import { snippetsFr } from "./snippets.ts";
import { keysFr } from "./keys.ts";
import { auditFr } from "./audit.ts";
import { partsFr } from "./parts.ts";
import { problemsFr } from "./problems.ts";
import { jobsFr } from "./jobs.ts";
import { liveFr } from "./live.ts";
import { settingsFr } from "./settings.ts";
import { debuggerFr } from "./debugger.ts";
import { webhooksFr } from "./webhooks.ts";
import { webhookFr } from "./webhook.ts";
import { webhookFormFr } from "./webhook_form.ts";
import { failuresFr } from "./failures.ts";
import { codeFr } from "./code.ts";
import { resendFr } from "./resend.ts";
import { eventsFr } from "./events.ts";
import { eventFr } from "./event.ts";
import { shellFr } from "./shell.ts";

/** Every French message by its id. */
export const fr: Messages = {
  ...shellFr,
  ...partsFr,
  ...problemsFr,
  ...chartsFr,
  ...overviewFr,
  ...applicationsFr,
  ...catalogueFr,
  ...snippetsFr,
  ...keysFr,
  ...auditFr,
  ...liveFr,
  ...jobsFr,
  ...settingsFr,
  ...debuggerFr,
  ...webhooksFr,
  ...webhookFr,
  ...webhookFormFr,
  ...failuresFr,
  ...codeFr,
  ...resendFr,
  ...eventsFr,
  ...eventFr,
};
