import { deepEqual, equal, rejects } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { IgnisignClient } from "./client.ts";
import { IgnisignError } from "./error.ts";
import type { StreamItem } from "./stream.ts";

const CREATED = 'event: created\nid: x-1-5\ndata: {"_id":"evt_1",\ndata: "content":{}}\n\n';
const ATTEMPT = 'event: attempt\nid: x-2-6\ndata: {"event":{"_id":"evt_1"},"attempt":{"number":1}}\n\n';

async function setup(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: { url: string | undefined; lastId: string | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url, lastId: request.headers["last-event-id"]?.toString() });
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ignisign = new IgnisignClient({ apiKey: "skv2_test_1_secret", serverUrl: `http://127.0.0.1:${port}` });
  return { seen, applicationsV4: ignisign.client.applicationsV4 };
}

test("items come parsed however their text is cut, and a broken connection goes on behind the last one", async (t) => {
  let connections = 0;
  const { seen, applicationsV4 } = await setup(t, (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const text =
      connections++ === 0
        ? `retry: 2000\n\nevent: ready\nid: x-0-1\ndata: {}\n\n${CREATED}: still here\nid: x-1-9\n\n`
        : `event: gap\nid: y-0-9\ndata: {"from":null}\n\n${ATTEMPT}event: dropped\ndata: {"count":3}\n\nevent: new\ndata: {}\n\n`;
    for (const part of text.match(/[^]{1,7}/g) ?? []) response.write(part);
    response.end();
  });
  const abort = new AbortController();
  const items: StreamItem[] = [];
  const query = { topic: "SIGNER", status: "FAILED" } as const;
  for await (const item of applicationsV4.stream("a", "TEST", query, { signal: abort.signal })) {
    items.push(item);
    if (item.type === "dropped") abort.abort();
  }
  deepEqual(items, [
    { id: "x-1-5", type: "created", event: { _id: "evt_1", content: {} } },
    { id: "y-0-9", type: "gap", from: null },
    { id: "x-2-6", type: "attempt", event: { _id: "evt_1" }, attempt: { number: 1 } },
    { id: "x-2-6", type: "dropped", count: 3 },
  ]);
  const url = "/v4/applications/a/envs/TEST/webhooks/stream?topic=SIGNER&status=FAILED";
  deepEqual(seen, [
    { url, lastId: undefined },
    { url, lastId: "x-1-9" },
  ]);
});

test("a break closes the connection, and an earlier stream is taken up where it was", async (t) => {
  let closed: Promise<unknown> = Promise.resolve();
  const { seen, applicationsV4 } = await setup(t, (_request, response) => {
    closed = once(response, "close");
    response.writeHead(200, { "content-type": "text/event-stream" }).write(CREATED);
  });
  for await (const { id } of applicationsV4.stream("a", "TEST", {}, { lastId: "x-0-1" })) {
    equal(id, "x-1-5");
    break;
  }
  await closed;
  deepEqual(
    seen.map(({ lastId }) => lastId),
    ["x-0-1"],
  );
});

test("what the server refuses is thrown, and not tried again", async (t) => {
  const { seen, applicationsV4 } = await setup(t, (_request, response) => {
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ code: "SCOPE_MISSING", message: "m", requestId: "r" }));
  });
  await rejects(applicationsV4.stream("a", "TEST").next(), (error) => {
    deepEqual(error instanceof IgnisignError && [error.status, error.code], [403, "SCOPE_MISSING"]);
    return true;
  });
  equal(seen.length, 1);
});
