/**
 * The server as src/main.ts starts it, but for its name servers (`TEST_NAME_SERVERS`, with commas between): no setting names
 * others than the machine's, so a test that answers for them gives them by constructor.
 */
import { readConfig } from "../../../src/config.ts";
import { createLogger } from "../../../src/log.ts";
import { startServer } from "../../../src/server.ts";

const DRAIN_MS = 10_000;

const config = readConfig();
const server = await startServer({
  config,
  log: createLogger(config.logLevel),
  onFatal: (error) => {
    throw error;
  },
  overrides: { nameServers: (process.env["TEST_NAME_SERVERS"] ?? "").split(",") },
});
process.on("SIGTERM", () => void server.stop({ deadlineMs: DRAIN_MS }).then(() => process.exit(0)));
