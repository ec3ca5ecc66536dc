/** A PostgreSQL server for tests, whose URL is the one line that is printed. It stops when the input ends, with its parent too. */
import { startEmbedded } from "../contract/embedded_postgres.ts";
import { TEST_SETTINGS } from "../contract/postgres_server.ts";

const { url, stop } = await startEmbedded({ settings: TEST_SETTINGS });
console.log(url);
process.stdin.resume().once("end", () => void stop().then(() => process.exit()));
