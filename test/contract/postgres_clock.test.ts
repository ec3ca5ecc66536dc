/** What is said when the clock of a machine is not that of the database. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/clock.ts";
import { createLogger } from "../../src/log.ts";
import { systemRandom } from "../../src/random.ts";
import { PostgresStore } from "../../src/store/postgres/postgres_store.ts";
import { startServer } from "./postgres_server.ts";

test("a clock that is minutes from the database's is warned of, and one that is right is not", async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const { url } = await server.createDatabase();
  const warningsWith = async (aheadMs: number): Promise<string[]> => {
    const warnings: string[] = [];
    const warn = (facts: object, text: string): void => void warnings.push(JSON.stringify({ ...facts, text }));
    const log = Object.assign(createLogger("silent"), { warn });
    const timers = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const made = { random: systemRandom, secretKey: Buffer.alloc(32, 7), timers, clock: null, poolSize: 11 };
    const store = new PostgresStore({ url, log, ...made });
    await store.open();
    await store.close();
    return warnings;
  };
  const [warning = "", ...others] = await warningsWith(-120_000);
  const { aheadMs } = JSON.parse(warning) as { aheadMs: number };
  assert.ok(Math.abs(aheadMs + 120_000) < 10_000, warning);
  assert.deepEqual(others, []);
  assert.deepEqual(await warningsWith(0), []);
});
