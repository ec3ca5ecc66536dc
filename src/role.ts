/** What a process does of all there is to do. */

/** `all` of it; `api`: answers calls, and leaves deliveries to others; `worker`: delivers, and answers health checks alone. */
export const ROLES = ["all", "api", "worker"] as const;
export type Role = (typeof ROLES)[number];
