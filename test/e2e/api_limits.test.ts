/** The bounds of requests, each at n and n + 1, and requests that break HTTP: every refusal by name, in the envelope. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { startApiServer } from "./support/api_server.ts";
import { connectTo, readReply, sendRaw } from "./support/raw_request.ts";

const KIB = 1024;
const server = await startApiServer();
const impatient = await startApiServer({}, { requestMsMax: 200 });
const { base, tenant, platform } = await server.tenant();
const { json: made } = await tenant.must(201, "POST", `${base}/webhooks`, {
  url: "http://127.0.0.1:9999/",
  isDisabled: true,
});
const webhook = `/v4/webhooks/${String(made["_id"])}`;
const MESSAGE = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };

/** The JSON of so many bytes: white space at its end counts. */
function padded(body: unknown, bytes: number): string {
  return JSON.stringify(body).padEnd(bytes);
}

/** A message of so many bytes. */
function messageOf(bytes: number): object {
  const rest = Buffer.byteLength(JSON.stringify({ ...MESSAGE, content: { signerId: "s", filler: "" } }));
  return { ...MESSAGE, content: { signerId: "s", filler: "x".repeat(bytes - rest) } };
}

const CHECK = { id: "evt_x", timestamp: "1", body: "{}", signature: "v1,x" };

for (const [name, bytes, path, body, status] of [
  ["a message", 256 * KIB, `${base}/messages`, MESSAGE, 201],
  ["a batch", 8 * KIB * KIB, `${base}/messages/batch`, { messages: [MESSAGE] }, 201],
  ["the check of a signature", KIB * KIB, `${webhook}/signature/check`, CHECK, 200],
  ["any other body", 256 * KIB, "/v4/applications", { appName: "x" }, 201],
  ["a sign-in", 256 * KIB, "/v4/session", { key: "x" }, 401],
] as const) {
  test(`${name} may have ${bytes} bytes, and one more is too large`, async () => {
    const caller = path.includes("/messages") ? platform : server.operator;
    assert.equal((await caller.call("POST", path, padded(body, bytes))).status, status);
    await caller.refused("413 BODY_TOO_LARGE", "POST", path, padded(body, bytes + 1));
  });
}

test("a message of a batch may have as many bytes as one alone, and is told where it is larger", async () => {
  const path = `${base}/messages/batch`;
  await platform.must(201, "POST", path, { messages: [MESSAGE, messageOf(256 * KIB)] });
  const messages = [MESSAGE, messageOf(256 * KIB + 1)];
  const { json } = await platform.refused("413 BODY_TOO_LARGE", "POST", path, { messages });
  assert.deepEqual(json["context"], { path: "messages[1]", limitBytes: 256 * KIB });
});

test("a body that is far too large is answered while it is still being sent, and the connection goes on", async () => {
  const socket = await connectTo(server.url);
  const bytes = 20 * KIB * KIB;
  const type = "host: x\r\ncontent-type: application/json";
  socket.write(`POST /v4/session HTTP/1.1\r\n${type}\r\ncontent-length: ${bytes}\r\n\r\n`);
  socket.write(Buffer.alloc(bytes, 32));
  socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  const answers = Buffer.concat(await socket.toArray()).toString();
  assert.deepEqual(answers.match(/HTTP\/1\.1 \d+|"code":"\w+"/g), [
    "HTTP/1.1 413",
    '"code":"BODY_TOO_LARGE"',
    "HTTP/1.1 200",
  ]);
});

test("a body whose announced length has no end is refused, and the connection closed", async () => {
  const head = `POST /v4/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n`;
  const { status, json } = await sendRaw(server.url, head);
  assert.deepEqual([status, json["code"]], [413, "BODY_TOO_LARGE"]);
});

test("a body in chunks is bounded, too", async () => {
  const chunk = `${(64 * KIB).toString(16)}\r\n${" ".repeat(64 * KIB)}\r\n`;
  const head =
    "POST /v4/session HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
  const { status, json } = await sendRaw(server.url, `${head}${chunk.repeat(5)}0\r\n\r\n`);
  assert.deepEqual([status, json["code"]], [413, "BODY_TOO_LARGE"]);
});

test("64 levels of JSON are taken in every body, and 65 are refused with their place", async () => {
  const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const publish = (levels: number) =>
    platform.call(
      "POST",
      `${base}/messages`,
      `{"topic":"SIGNER","action":"CREATED","content":{"signerId":"s","a":${nested(levels)}}}`,
    );
  assert.equal((await publish(62)).status, 201);
  const refused = await publish(63);
  assert.deepEqual([refused.status, refused.json["code"]], [400, "BODY_VALIDATION_FAILED"]);
  assert.match(String(refused.json["message"]), /deeper than 64 levels at line 1, column \d+/);
  for (const path of ["/v4/applications", "/v4/session", `${webhook}/test`]) {
    const { json } = await server.operator.refused("400 BODY_VALIDATION_FAILED", "POST", path, nested(100_000));
    assert.match(String(json["message"]), /64 levels/);
  }
});

test("path, names and values of a head may have less than 16 KiB together, and no more", async () => {
  const send = (bytes: number) => {
    const filler = bytes - "/healthzhostxconnectioncloseaccept".length;
    return sendRaw(
      server.url,
      `GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept: ${"a".repeat(filler)}\r\n\r\n`,
    );
  };
  assert.equal((await send(16 * KIB - 1)).status, 200);
  const { status, json } = await send(16 * KIB);
  assert.deepEqual([status, json["code"]], [431, "HEADERS_TOO_LARGE"]);
  const long = await sendRaw(server.url, `GET /healthz?${"a".repeat(16 * KIB)} HTTP/1.1\r\nhost: x\r\n\r\n`);
  assert.deepEqual([long.status, long.json["code"]], [431, "HEADERS_TOO_LARGE"]);
});

test("a query may have 50 parameters, known or not, and one more is refused without reading them", async () => {
  const query = (count: number) => Array.from({ length: count }, (_, at) => `a${at}=1`).join("&");
  const path = `${base}/events`;
  const { json } = await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${path}?${query(50)}`);
  assert.match(String(json["message"]), /`a0` is not a known field \(and 49 more\)/);
  const more = await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${path}?${query(51)}`);
  assert.match(String(more.json["message"]), /more than 50 parameters/);
});

test("a whole number of a query is written in digits, whatever else JavaScript takes for one", async () => {
  const path = `${base}/events`;
  await tenant.must(200, "GET", `${path}?limit=10&page=1&attempts=2147483647`);
  for (const text of [
    "1e1",
    "0x10",
    "+10",
    "%2010",
    "10.0",
    "1e400",
    "-1e400",
    "NaN",
    "",
    "9007199254740993",
    "1&limit=2",
  ]) {
    const { json } = await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${path}?limit=${text}`);
    assert.deepEqual(json["context"], { faults: [{ path: "limit", message: "must be integer" }] }, text);
  }
  await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${path}?attempts=2147483648`);
});

test("a part of a path may have 128 characters, and a longer one is no id of ours", async () => {
  await tenant.refused("404 WEBHOOK_NOT_FOUND", "GET", `/v4/webhooks/${"x".repeat(128)}`);
  await tenant.refused("404 ROUTE_NOT_FOUND", "GET", `/v4/webhooks/${"x".repeat(129)}`);
});

test("a key of 512 characters is looked up, and a longer one is not", async () => {
  for (const [chars, message] of [
    [512, /unknown or revoked/],
    [513, /is not `Bearer <key>`/],
  ] as const) {
    const { json } = await server.operator
      .as("x".repeat(chars))
      .refused("401 AUTHENTICATION_FAILED", "GET", "/v4/api-keys");
    assert.match(String(json["message"]), message);
  }
});

for (const [name, text] of [
  ["nothing at all", ""],
  ["half a head", "GET /healthz HTTP/1.1\r\nhost: x"],
  [
    "half a body",
    "POST /v4/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 300\r\n\r\n{",
  ],
  [
    "a body in chunks without end",
    "POST /v4/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
  ],
] as const) {
  test(`whoever sends ${name} and then nothing more is told so, and the connection closed`, async () => {
    const { status, json } = await sendRaw(impatient.url, text);
    assert.deepEqual([status, json["code"]], [408, "REQUEST_TIMEOUT"]);
  });
}

test("a body that comes byte by byte, never late, is given up all the same", async () => {
  const socket = await connectTo(impatient.url);
  socket.write(
    "POST /v4/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999\r\n\r\n",
  );
  const timer = setInterval(() => socket.write(" "), 20);
  const { status } = await readReply(socket).finally(() => clearInterval(timer));
  assert.equal(status, 408);
});

for (const [name, head] of [
  ["without Host", ""],
  ["with two Hosts", "host: a\r\nHost: b\r\n"],
  ["with two lengths", "host: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n"],
  ["with a length and chunks", "host: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n"],
  ["with a name that is none", "host: a\r\nx y: z\r\n"],
  ["with a null byte in a value", "host: a\r\nx: a\0b\r\n"],
] as const) {
  test(`a request ${name} is refused in the envelope`, async () => {
    const text = `POST /v4/session HTTP/1.1\r\nconnection: close\r\n${head}\r\n`;
    const { status, json, head: answered } = await sendRaw(server.url, text);
    assert.deepEqual([status, json["code"]], [400, "REQUEST_MALFORMED"]);
    assert.match(answered, new RegExp(`x-request-id: ${String(json["requestId"])}`));
  });
}

test("32 requests may wait for the answer before them, and a connection with more is given up", async () => {
  const one = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
  const last = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
  for (let round = 0; round < 2; round++) {
    const socket = await connectTo(server.url);
    socket.write(one.repeat(32) + last);
    const answers = Buffer.concat(await socket.toArray()).toString();
    assert.equal(answers.match(/HTTP\/1.1 200/g)?.length, 33);
  }
  const greedy = await connectTo(server.url);
  greedy.write(one.repeat(1_500) + last);
  const answers = Buffer.concat(await greedy.toArray().catch(() => [])).toString();
  assert.ok((answers.match(/HTTP\/1.1 200/g)?.length ?? 0) < 1_501);
});

test("HTTP/1.0 needs no Host, and an expectation that nobody knows is ignored", async () => {
  assert.equal((await sendRaw(server.url, "GET /healthz HTTP/1.0\r\n\r\n")).status, 200);
  const text = "GET /healthz HTTP/1.1\r\nhost: a\r\nexpect: the-unexpected\r\nconnection: close\r\n\r\n";
  assert.equal((await sendRaw(server.url, text)).status, 200);
});

test("a body that is compressed is refused: what it would become is not known before", async () => {
  const headers = { "content-encoding": "gzip" };
  const answer = await server.operator.call("POST", "/v4/applications", "x", headers);
  assert.deepEqual([answer.status, answer.json["code"]], [415, "CONTENT_TYPE_UNSUPPORTED"]);
});
