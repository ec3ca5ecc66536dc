/** An example of the body that a webhook gets for an action. */
import type { TenantPath } from "../../tenant.ts";
import type { Nature } from "./catalogue_search.ts";

/** In the order in which the server writes it; an error has its `error`. */
export function exampleBody(
  tenant: TenantPath,
  what: { topic: string; action: string; nature: Nature; sample: unknown },
): string {
  const { topic, action, nature, sample } = what;
  const { appId, appEnv } = tenant;
  const error =
    nature === "ERROR" ? { error: { errorCode: "SOME_ERROR_CODE", message: "What went wrong, for people." } } : {};
  const head = { appId, appEnv, topic, action, msgNature: nature, content: sample };
  return JSON.stringify({ ...head, ...error, verificationToken: "wvt_…" }, null, 2);
}
