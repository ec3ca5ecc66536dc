/** What an address that leads to the list of jobs may hold: that one is to be started. */
import { oneOf, searchOf } from "../../search_params.ts";

/** `start=resend` opens the dialog, and is taken out of the address then: going back does not open it again. */
export type JobsSearch = { start?: "resend" };

/** Reads the address. */
export function jobsSearch(search: Record<string, unknown>): JobsSearch {
  return searchOf({ start: oneOf(search["start"], ["resend"]) });
}
