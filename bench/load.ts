/**
 * A load on the real server, for seeing rates, latencies and memory: `npm run load -- --messages=100000 --hanging=10`.
 * Publishers keep connections open; one healthy webhook's publish-to-delivery time is measured, hanging ones are beside it.
 */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { ApiClient } from "../test/e2e/support/api_client.ts";
import { Receiver } from "../test/e2e/support/receiver.ts";
import { ServerProcess, freePort } from "../test/e2e/support/server_process.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "20000" },
    publishers: { type: "string", default: "64" },
    hanging: { type: "string", default: "0" },
    perSecond: { type: "string", default: "0" },
  },
});
const [messages, publishers, hanging] = [Number(values.messages), Number(values.publishers), Number(values.hanging)];
const perSecond = Number(values.perSecond);

const server = new ServerProcess({ port: await freePort() });
const [healthy, stuck] = [new Receiver(), new Receiver()];
await Promise.all([healthy.start(), stuck.start(), server.start()]);
stuck.behave = () => {};
try {
  await run();
} finally {
  await server.remove();
  await Promise.all([healthy.stop(), stuck.stop()]);
}

async function run(): Promise<void> {
  const { base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  const [key] = [await new ApiClient({ url: server.url }).must(201, "POST", "/v4/api-keys", { name: "load" })];
  await tenant.must(201, "POST", `${base}/webhooks`, { url: healthy.url });
  for (let n = 0; n < hanging; n++) await tenant.must(201, "POST", `${base}/webhooks`, { url: `${stuck.url}/${n}` });
  await platform.must(201, "POST", `${base}/messages`, {
    topic: "SIGNER",
    action: "CREATED",
    content: { signerId: "warm" },
  });
  await healthy.until(1);

  const publishedAt = new Map<string, number>();
  const latencies: number[] = [];
  let delivered = 0;
  let done = (): void => {};
  const allDelivered = new Promise<void>((resolve) => (done = resolve));
  healthy.behave = (received, response) => {
    response.end();
    const at = publishedAt.get(received.body.match(/"signerId":"([^"]+)"/)?.[1] ?? "");
    if (at !== undefined) latencies.push(performance.now() - at);
    healthy.received.length = 0;
    if (++delivered === messages) done();
  };
  let errors = 0;
  let next = 0;
  const memory: number[] = [];
  const sampling = setInterval(() => memory.push(rssMiB(server.pid)), 500);
  const agent = new Agent({ keepAlive: true, maxSockets: publishers });
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: publishers }, async () => {
      while (next < messages) {
        const n = next++;
        if (perSecond > 0) await until(startedAt + (n * 1_000) / perSecond);
        publishedAt.set(`s${n}`, performance.now());
        const content = `{"signerId":"s${n}","signerExternalId":"external-${n}"}`;
        const body = `{"topic":"SIGNER","action":"CREATED","content":${content}}`;
        if ((await post(agent, `${base}/messages`, body, String(key?.json["apiKey"]))) !== 201) errors += 1;
      }
    }),
  );
  const publishedMs = performance.now() - startedAt;
  await allDelivered;
  const deliveredMs = performance.now() - startedAt;
  clearInterval(sampling);
  agent.destroy();
  latencies.sort((one, other) => one - other);
  const quantile = (share: number): string => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(1);
  console.log(`messages ${messages}, publishers ${publishers}, hanging webhooks ${hanging}, errors ${errors}`);
  console.log(`published ${rate(publishedMs)}/s, delivered ${rate(deliveredMs)}/s`);
  console.log(`publish to delivery, ms: p50 ${quantile(0.5)} p95 ${quantile(0.95)} p99 ${quantile(0.99)}`);
  console.log(
    `server memory, MiB: ${memory.filter((_, at) => at % Math.ceil(memory.length / 12) === 0).join(" ")} (last ${memory.at(-1)})`,
  );
}

function rate(ms: number): string {
  return ((messages * 1_000) / ms).toFixed(0);
}

function until(atMs: number): Promise<void> {
  const waitMs = atMs - performance.now();
  return waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, waitMs));
}

function post(agent: Agent, path: string, body: string, apiKey: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      authorization: `Bearer ${apiKey}`,
    };
    const sent = request(server.url + path, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function rssMiB(pid: number): number {
  const kib = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)?.[1];
  return Math.round(Number(kib ?? 0) / 1_024);
}
