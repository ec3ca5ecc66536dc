import { deepEqual, equal } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { IgnisignClient } from "./client.ts";
import type { Job, JobPreview } from "./jobs.ts";

type Seen = { call: string; body: unknown; key: string | undefined };

/** A server that answers everything with `answer` and notes what it got, and a client of it. */
async function setup(t: TestContext, answer: object) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      const key = request.headers["idempotency-key"];
      seen.push({ call: `${request.method} ${request.url}`, body, key: key?.toString() });
      response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ignisign = new IgnisignClient({ apiKey: "skv2_test_1_secret", serverUrl: `http://127.0.0.1:${port}` });
  return { seen, client: ignisign.client };
}

test("every call about jobs has the method, path, query and body of the API, and answers { data }", async (t) => {
  const { seen, client } = await setup(t, { some: "answer" });
  const { applicationsV4, webhooksV4, jobsV4 } = client;
  const env = ["a/1", "TEST"] as const;
  const base = "/v4/applications/a%2F1/envs/TEST";
  const from = new Date(0);
  const calls: [answer: () => Promise<{ data: unknown }>, call: string, body?: unknown][] = [
    [() => webhooksV4.resendEvents("w"), "POST /v4/webhooks/w/events/resend", {}],
    [
      () => webhooksV4.resendEvents("w", { filter: "ALL", from, rate: 5 }),
      "POST /v4/webhooks/w/events/resend",
      { filter: "ALL", from: "1970-01-01T00:00:00.000Z", rate: 5 },
    ],
    [
      () => webhooksV4.resendEvents("w", { eventIds: ["e"], dryRun: true }),
      "POST /v4/webhooks/w/events/resend",
      { eventIds: ["e"], dryRun: true },
    ],
    [() => webhooksV4.replay("w", { from }), "POST /v4/webhooks/w/replay", { from: "1970-01-01T00:00:00.000Z" }],
    [
      () => applicationsV4.resendEvents(...env, { topic: "APP", webhookId: "w" }),
      `POST ${base}/events/resend`,
      { topic: "APP", webhookId: "w" },
    ],
    [() => jobsV4.getJobs(...env, { page: 2 }), `GET ${base}/jobs?page=2`],
    [() => jobsV4.getJob(...env, "j/1"), `GET ${base}/jobs/j%2F1`],
    [() => jobsV4.getJobFailures(...env, "j", { limit: 5 }), `GET ${base}/jobs/j/failures?limit=5`],
    [() => jobsV4.pauseJob(...env, "j"), `POST ${base}/jobs/j/pause`],
    [() => jobsV4.resumeJob(...env, "j"), `POST ${base}/jobs/j/resume`],
    [() => jobsV4.cancelJob(...env, "j"), `POST ${base}/jobs/j/cancel`],
    [() => jobsV4.rerunJob(...env, "j"), `POST ${base}/jobs/j/rerun`],
  ];
  for (const [answer] of calls) deepEqual(await answer(), { data: { some: "answer" } });
  deepEqual(
    seen,
    calls.map(([, call, body]) => ({ call, body, key: undefined })),
  );
});

test("an idempotency key goes along with whatever starts a job", async (t) => {
  const { seen, client } = await setup(t, {});
  const options = { idempotencyKey: "key-1" };
  await client.webhooksV4.resendEvents("w", {}, options);
  await client.webhooksV4.replay("w", { from: "2026-01-31T09:30:00Z" }, options);
  await client.applicationsV4.resendEvents("a", "TEST", {}, options);
  await client.jobsV4.rerunJob("a", "TEST", "j", options);
  deepEqual(
    seen.map(({ key }) => key),
    ["key-1", "key-1", "key-1", "key-1"],
  );
});

test("a dry run is answered as a preview, and a start as a job", async (t) => {
  const { client } = await setup(t, { count: 3, status: "RUNNING" });
  const preview: JobPreview = (await client.webhooksV4.resendEvents("w", { dryRun: true })).data;
  const job: Job = (await client.webhooksV4.resendEvents("w")).data;
  deepEqual([preview.count, job.status], [3, "RUNNING"]);
  const replay: JobPreview = (await client.webhooksV4.replay("w", { from: new Date(), dryRun: true })).data;
  equal(replay.count, 3);
});
