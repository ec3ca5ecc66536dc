/** The limits of the API that no setting changes; a test compares them with the server's. */

/** In units of `kind`: a count, or bytes. */
export const LIMITS = [
  { name: "webhooks", kind: "count", max: 100 },
  { name: "url", kind: "characters", max: 2_048 },
  { name: "description", kind: "characters", max: 512 },
  { name: "headers", kind: "count", max: 20 },
  { name: "headerBytes", kind: "bytes", max: 4_096 },
  { name: "message", kind: "bytes", max: 262_144 },
  { name: "depth", kind: "count", max: 64 },
  { name: "searchValues", kind: "count", max: 20 },
  { name: "batch", kind: "count", max: 1_000 },
  { name: "batchEvents", kind: "count", max: 10_000 },
  { name: "batchBytes", kind: "bytes", max: 8_388_608 },
  { name: "concurrency", kind: "count", max: 100 },
  { name: "jobs", kind: "count", max: 5 },
  { name: "jobRate", kind: "count", max: 1_000 },
] as const;
