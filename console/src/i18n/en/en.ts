/** The English messages: a file for each part of the console. */
import { partsEn } from "./parts.ts";
import { problemsEn } from "./problems.ts";
import { chartsEn } from "./charts.ts";
import { overviewEn } from "./overview.ts";
import { applicationsEn } from "./applications.ts";
import { catalogueEn } from "./catalogue.ts";
import { snippetsEn } from "./snippets.ts";
import { keysEn } from "./keys.ts";
import { auditEn } from "./audit.ts";
import { jobsEn } from "./jobs.ts";
import { liveEn } from "./live.ts";
import { settingsEn } from "./settings.ts";
import { debuggerEn } from "./debugger.ts";
import { webhooksEn } from "./webhooks.ts";
import { webhookEn } from "./webhook.ts";
import { webhookFormEn } from "./webhook_form.ts";
import { failuresEn } from "./failures.ts";
import { codeEn } from "./code.ts";
import { resendEn } from "./resend.ts";
import { eventsEn } from "./events.ts";
import { eventEn } from "./event.ts";
import { shellEn } from "./shell.ts";

/** Every English message by its id. */
export const en = {
  ...shellEn,
  ...partsEn,
  ...problemsEn,
  ...chartsEn,
  ...overviewEn,
  ...applicationsEn,
  ...catalogueEn,
  ...snippetsEn,
  ...keysEn,
  ...auditEn,
  ...liveEn,
  ...jobsEn,
  ...settingsEn,
  ...debuggerEn,
  ...webhooksEn,
  ...webhookEn,
  ...webhookFormEn,
  ...failuresEn,
  ...codeEn,
  ...resendEn,
  ...eventsEn,
  ...eventEn,
};
