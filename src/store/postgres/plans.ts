/** How PostgreSQL is to plan the statements of a transaction, by settings that end with it. */

/** `cacheMode`: of `plan_cache_mode`. `scans`: whether whole tables may be read, and joined by hashing or merging. */
export type Plans = { cacheMode: "auto" | "force_custom_plan" | "force_generic_plan"; scans: "on" | "off" };

/** Each time anew: a plan that is kept for all values would not leave out the partitions of other days. */
export const PLANNED_ALWAYS: Plans = { cacheMode: "force_custom_plan", scans: "on" };
/**
 * For the few statements of batches, which come some hundred times a second each: planning them took a third of their time.
 * PostgreSQL keeps a plan unless one for the very values is cheaper, as it is where partitions can be left out. What is kept
 * must suit the tables when they have grown, so it goes by indexes.
 */
export const PLANS_KEPT: Plans = { cacheMode: "auto", scans: "off" };

/** Statements that ask for these plans. */
export function planSettings({ cacheMode, scans }: Plans): string {
  return `${cacheModeSetting(cacheMode)}; set local jit = off${scans === "on" ? "" : `; ${scanSettings(scans)}`}`;
}

/** Whether and when plans are kept, as a statement. */
export function cacheModeSetting(cacheMode: Plans["cacheMode"]): string {
  return `set local plan_cache_mode = ${cacheMode}`;
}

/** Whether more than indexes may be used, as statements. */
export function scanSettings(scans: Plans["scans"]): string {
  return ["seqscan", "hashjoin", "mergejoin"].map((kind) => `set local enable_${kind} = ${scans}`).join("; ");
}
