import { deepEqual } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { IgnisignClient } from "./client.ts";

test("every call about statistics has the path and query of the API, and answers { data }", async (t) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ some: "answer" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ignisign = new IgnisignClient({ apiKey: "skv2_test_1_secret", serverUrl: `http://127.0.0.1:${port}` });
  const { statsV4 } = ignisign.client;
  const env = ["a/1", "TEST"] as const;
  const answers = [
    await statsV4.getStats(...env),
    await statsV4.getStats(...env, { from: new Date(0), to: "2026-01-31T09:30:00Z", bucket: 60_000 }),
    await statsV4.getWebhookStats("w", { bucket: 3_600_000 }),
    await statsV4.getAllWebhookStats(...env),
    await statsV4.getActionCounts(...env, { from: new Date(0) }),
  ];
  for (const answer of answers) deepEqual(answer, { data: { some: "answer" } });
  const base = "/v4/applications/a%2F1/envs/TEST";
  deepEqual(seen, [
    `GET ${base}/stats`,
    `GET ${base}/stats?from=1970-01-01T00%3A00%3A00.000Z&to=2026-01-31T09%3A30%3A00Z&bucket=60000`,
    "GET /v4/webhooks/w/stats?bucket=3600000",
    `GET ${base}/webhooks/stats`,
    `GET ${base}/stats/actions?from=1970-01-01T00%3A00%3A00.000Z`,
  ]);
});
