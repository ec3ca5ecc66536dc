/** A PostgreSQL database as a start on an empty one leaves it; as a program, with its address as the argument. */
import { systemClock } from "../../src/clock.ts";
import { createLogger } from "../../src/log.ts";
import { systemRandom } from "../../src/random.ts";
import { PostgresStore } from "../../src/store/postgres/postgres_store.ts";

/** Brings the database up to date by opening a store on it. */
export async function migrateDatabase(url: string): Promise<void> {
  const made = { random: systemRandom, secretKey: Buffer.alloc(32, 7), clock: null, timers: systemClock };
  const store = new PostgresStore({ url, log: createLogger("silent"), poolSize: 9, ...made });
  await store.open();
  await store.close();
}

if (import.meta.main) await migrateDatabase(process.argv[2] ?? "");
