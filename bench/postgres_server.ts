/**
 * A throwaway PostgreSQL for benches, as durable as in production: what it has answered is on disk. `startBenchPostgres` for
 * scripts; by itself (`npm run postgres`, or with `-- --folder=/somewhere` to keep its databases) it prints its address and
 * runs until it is interrupted.
 */
import { parseArgs } from "node:util";
import type { EmbeddedServer } from "../test/contract/embedded_postgres.ts";
import { startEmbedded } from "../test/contract/embedded_postgres.ts";

/** The rest are the server's defaults: fsync, full_page_writes and synchronous_commit are on. */
const SETTINGS = [
  "max_connections=200",
  "shared_buffers=1GB",
  "effective_cache_size=4GB",
  "maintenance_work_mem=512MB",
  "max_wal_size=8GB",
  "checkpoint_timeout=15min",
  "random_page_cost=1.1",
];

/** Starts one on a free port; with a `folder`, its databases stay there. More `settings` (`name=value`) win over the usual ones. */
export async function startBenchPostgres(
  options: { folder?: string | null; settings?: readonly string[] } = {},
): Promise<EmbeddedServer> {
  const { folder = null, settings = [] } = options;
  return await startEmbedded({ folder, settings: [...SETTINGS, ...settings] });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { folder: { type: "string" }, set: { type: "string", multiple: true } } });
  const { url, stop } = await startBenchPostgres({ folder: values.folder ?? null, settings: values.set ?? [] });
  console.log(`DATABASE_URL=${url}`);
  const signals = ["SIGINT", "SIGTERM"] as const;
  await Promise.race(signals.map((signal) => new Promise((ended) => process.once(signal, ended))));
  await stop();
}
