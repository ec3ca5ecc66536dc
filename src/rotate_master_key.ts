/** `npm run rotate-master-key`: seals everything anew under another master key, and says what to do next. */
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { createLogger } from "./log.ts";
import { prepareRotation, rotateMasterKey } from "./master_key_rotation.ts";
import { openStoreWith } from "./open_store.ts";
import { systemRandom } from "./random.ts";
import { redacted } from "./redaction.ts";
import { ConfigError } from "./settings_reader.ts";
import { StoreOpenError } from "./store/store.ts";

/** The operator has to change something before it can succeed. */
const EXIT_MISCONFIGURED = 2;
const EXIT_FAILED = 1;

try {
  await rotate(readConfig());
} catch (error) {
  const isTold = error instanceof ConfigError || error instanceof StoreOpenError;
  const message = error instanceof Error ? error.message : String(error);
  const fate = "Nothing is lost: what was sealed anew stays so, and the same command goes on where it was.";
  process.stderr.write(redacted(isTold ? `${message}\n` : `The rotation failed: ${message} ${fate}\n`));
  process.exit(isTold ? EXIT_MISCONFIGURED : EXIT_FAILED);
}

async function rotate(config: Config): Promise<void> {
  const { keys, finish } = prepareRotation(config, systemRandom);
  const store = await openStoreWith(keys, {
    config,
    clock: systemClock,
    sharedClock: null,
    random: systemRandom,
    log: createLogger(config.logLevel),
    onFatal: (error) => {
      throw error;
    },
    commitDelayMs: 0,
  });
  try {
    const resealed = await rotateMasterKey(store, (sum) => process.stdout.write(`${sum} sealed anew\n`));
    const { keyId } = await store.masterKeys();
    const what =
      resealed === 0 ? "Nothing was left to seal anew" : `${resealed} secrets and sets of headers were sealed anew`;
    process.stdout.write(`${what}; everything is sealed under master key ${keyId}. ${finish()}\n`);
  } finally {
    await store.close();
  }
}
