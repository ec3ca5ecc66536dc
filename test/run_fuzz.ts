/**
 * `npm run fuzz -- --seed=42 --requests=50000` fuzzes a server of its own, in a process of its own;
 * `--operations=createWebhook,getEvent` only these calls; `--store=postgres` on a PostgreSQL of its own. Prints how the calls
 * were answered and what was found; the exit code is 1 when anything was.
 */
import { parseArgs } from "node:util";
import { startServer as startPostgres } from "./contract/postgres_server.ts";
import { Receiver } from "./e2e/support/receiver.ts";
import { ServerProcess, freePort } from "./e2e/support/server_process.ts";
import { Fuzzing } from "./fuzz/fuzzing.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    requests: { type: "string", default: "20000" },
    operations: { type: "string" },
    store: { type: "string", default: "sqlite" },
  },
});
const plan = { seed: Number(values.seed), requests: Number(values.requests) };
const operations = values.operations?.split(",");

const postgres = values.store === "postgres" ? await startPostgres() : null;
const database =
  postgres === null
    ? {}
    : { DATABASE_URL: (await postgres.createDatabase()).url, MASTER_KEY: Buffer.alloc(32, 6).toString("base64") };
const env = { TRUST_PROXY: "true", RETRY_SCHEDULE: "", ...database };
const server = new ServerProcess({ port: await freePort(), env });
const receiver = new Receiver();
await Promise.all([receiver.start(), server.start()]);
try {
  const reference: unknown = await (await fetch(`${server.url}/openapi.json`)).json();
  const fuzzing = new Fuzzing({ url: server.url, receiver, reference });
  console.log(`seed ${plan.seed}, ${plan.requests} requests`);
  const report = await fuzzing.run(operations === undefined ? plan : { ...plan, operations });
  const codes = [...report.codes].sort(([, one], [, other]) => other - one);
  for (const [code, count] of codes) console.log(`${String(count).padStart(7)}  ${code}`);
  for (const { id } of fuzzing.operations) {
    const [yes, no] = [report.succeeded, report.refused].map((counts) => String(counts.get(id) ?? 0).padStart(6));
    console.log(`${yes} succeeded ${no} refused  ${id}`);
  }
  for (const finding of report.findings) console.log(`\nFound: ${finding}`);
  const ready = await fetch(`${server.url}/readyz`);
  console.log(`\n${report.requests} requests, ${report.findings.length} findings; the server is ${await ready.text()}`);
  if (report.findings.length > 0 || ready.status !== 200) process.exitCode = 1;
} finally {
  const { code } = await server.end("SIGTERM");
  if (code !== 0) process.exitCode = 1;
  if (server.stderr !== "") console.log(`The server's log:\n${server.stderr.slice(-20_000)}`);
  await server.remove();
  await receiver.stop();
  await postgres?.stop();
}
