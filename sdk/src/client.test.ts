import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { IgnisignClient } from "./client.ts";
import { IgnisignError } from "./error.ts";

type Seen = { call: string; body: unknown; headers: IncomingMessage["headers"] };
type Respond = (response: ServerResponse) => void;

const VALID = { isValid: true, haveBeenConsumed: true };
const TOKEN = { token: "wvt_x", appId: "appId_1", appEnv: "TEST" };

/** A server that answers everything with `respond` and notes what it got, and a client of it. */
async function setup(t: TestContext, respond: Respond) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      seen.push({ call: `${request.method} ${request.url}`, body, headers: request.headers });
      respond(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const serverUrl = `http://127.0.0.1:${port}`;
  const options = { appId: "appId_1", appEnv: "TEST", apiKey: "skv2_test_1_secret", serverUrl } as const;
  return { seen, serverUrl, server, options, ignisign: new IgnisignClient(options) };
}

function json(status: number, body: unknown): Respond {
  return (response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function isError(expected: { status: number | null; code: string; message?: RegExp }) {
  return (error: unknown): boolean => {
    ok(error instanceof IgnisignError);
    deepEqual({ status: error.status, code: error.code }, { status: expected.status, code: expected.code });
    match(error.message, expected.message ?? /./);
    return true;
  };
}

test("every call has the method, path, query and body of the API, the key as Bearer, and answers { data }", async (t) => {
  const { seen, ignisign } = await setup(t, json(200, { some: "answer" }));
  const { applicationsV4, webhooksV4, messagesV4, tokensV4 } = ignisign.client;
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  const env = ["a/1", "TEST"] as const;
  const calls: [answer: Promise<{ data: unknown }>, call: string, body?: unknown][] = [
    [applicationsV4.getContext("a/1"), "GET /v4/applications/a%2F1/context"],
    [
      applicationsV4.addWebhookEndpoint(...env, { url: "u" }),
      "POST /v4/applications/a%2F1/envs/TEST/webhooks",
      { url: "u" },
    ],
    [applicationsV4.getWebhookEndpoints(...env), "GET /v4/applications/a%2F1/envs/TEST/webhooks"],
    [applicationsV4.getEvents(...env, { webhookId: "w" }), "GET /v4/applications/a%2F1/envs/TEST/events?webhookId=w"],
    [applicationsV4.getEvent(...env, "e"), "GET /v4/applications/a%2F1/envs/TEST/events/e"],
    [webhooksV4.getWebhook("w"), "GET /v4/webhooks/w"],
    [webhooksV4.updateWebhook("w", { isDisabled: true }), "PUT /v4/webhooks/w", { isDisabled: true }],
    [webhooksV4.removeWebhook("w"), "DELETE /v4/webhooks/w"],
    [webhooksV4.getEvents("w"), "GET /v4/webhooks/w/events"],
    [
      webhooksV4.getEvents("w", { filter: "FAILED", page: 2, test: false, from: new Date(0), search: "a&b" }),
      "GET /v4/webhooks/w/events?filter=FAILED&page=2&test=false&from=1970-01-01T00%3A00%3A00.000Z&search=a%26b",
    ],
    [webhooksV4.getEvent("w", "e"), "GET /v4/webhooks/w/events/e"],
    [webhooksV4.resendEvent("w", "e"), "POST /v4/webhooks/w/events/e/resend"],
    [
      webhooksV4.testWebhook("w", { topic: "APP", action: "ARCHIVED" }),
      "POST /v4/webhooks/w/test",
      { topic: "APP", action: "ARCHIVED" },
    ],
    [webhooksV4.getSecret("w"), "GET /v4/webhooks/w/secret"],
    [webhooksV4.rotateSecret("w"), "POST /v4/webhooks/w/secret/rotate", {}],
    [webhooksV4.endPreviousSecrets("w"), "DELETE /v4/webhooks/w/secret/previous"],
    [messagesV4.publish(...env, message), "POST /v4/applications/a%2F1/envs/TEST/messages", message],
    [
      messagesV4.publishBatch(...env, [message]),
      "POST /v4/applications/a%2F1/envs/TEST/messages/batch",
      { messages: [message] },
    ],
    [messagesV4.getMessages(...env, { topic: "APP" }), "GET /v4/applications/a%2F1/envs/TEST/messages?topic=APP"],
    [messagesV4.getMessage(...env, "m"), "GET /v4/applications/a%2F1/envs/TEST/messages/m"],
    [messagesV4.eraseContent(...env, "m"), "DELETE /v4/applications/a%2F1/envs/TEST/messages/m/content"],
    [tokensV4.checkConsumeWebhookDetails(TOKEN), "POST /v4/tokens/webhook-verification/checking-consumption", TOKEN],
  ];
  for (const [answer] of calls) deepEqual(await answer, { data: { some: "answer" } });
  const byCall = (one: { call: string }, other: { call: string }): number => (one.call < other.call ? -1 : 1);
  deepEqual(
    seen.map(({ call, body }) => ({ call, body })).sort(byCall),
    calls.map(([, call, body]) => ({ call, body })).sort(byCall),
  );
  for (const { headers, body } of seen) {
    equal(headers.authorization, "Bearer skv2_test_1_secret");
    equal(headers["content-type"], body === undefined ? undefined : "application/json");
  }
});

test("an idempotency key goes along as a header, and none when there is none", async (t) => {
  const { seen, ignisign } = await setup(t, json(201, {}));
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  await ignisign.client.messagesV4.publish("a", "TEST", message, { idempotencyKey: "key-1" });
  await ignisign.client.messagesV4.publishBatch("a", "TEST", [message], { idempotencyKey: "key-2" });
  await ignisign.client.messagesV4.publish("a", "TEST", message);
  deepEqual(
    seen.map(({ headers }) => headers["idempotency-key"]),
    ["key-1", "key-2", undefined],
  );
});

test("both names of the token check post the token with its target and tell valid from invalid", async (t) => {
  let isValid = true;
  const { seen, ignisign } = await setup(t, (response) => json(200, { ...VALID, isValid })(response));
  equal(await ignisign.tokens.checkConsumeWebhook(TOKEN), true);
  isValid = false;
  equal(await ignisign.client.tokensV4.checkConsumeWebhook({ token: "wvt_y" }), false);
  const call = "POST /v4/tokens/webhook-verification/checking-consumption";
  deepEqual(
    seen.map((one) => [one.call, one.body]),
    [
      [call, TOKEN],
      [call, { ...TOKEN, token: "wvt_y" }],
    ],
  );
});

test("a check that got no answer, or a 503, is repeated once with its key; each check has a key of its own", async (t) => {
  const lost: Respond = (response) => response.destroy();
  const away = json(503, { code: "STORE_UNAVAILABLE", message: "later" });
  const valid = json(200, VALID);
  const answers = [lost, valid, away, valid, valid, away, lost];
  const { seen, ignisign } = await setup(t, (response) => answers.shift()?.(response));
  for (let count = 0; count < 3; count++) equal(await ignisign.tokens.checkConsumeWebhook(TOKEN), true);
  await rejects(ignisign.tokens.checkConsumeWebhook(TOKEN), isError({ status: null, code: "CONNECTION_FAILED" }));
  const keys = seen.map(({ headers }) => headers["idempotency-key"]);
  ok(keys.every((key) => typeof key === "string" && /^[\w-]{36}$/.test(key)));
  const names = keys.map((key) => keys.indexOf(key));
  deepEqual(names, [0, 0, 2, 2, 4, 5, 5]);
});

test("a check that was refused, failed or took too long is not repeated", async (t) => {
  const answers: Respond[] = [
    json(401, { code: "AUTHENTICATION_FAILED", message: "no such key" }),
    json(500, { code: "INTERNAL_ERROR", message: "sorry" }),
    json(429, { code: "TOKEN_CHECKS_THROTTLED", message: "wait" }),
    () => {},
  ];
  for (const respond of answers) {
    const { seen, options } = await setup(t, respond);
    const hasty = new IgnisignClient({ ...options, timeoutMs: 500 });
    await rejects(hasty.tokens.checkConsumeWebhook(TOKEN));
    equal(seen.length, 1);
  }
});

test("with the raw body, a genuine token under another content, topic or action is invalid", async (t) => {
  const sent = { topic: "APP", action: "ARCHIVED", contentSha256: createHash("sha256").update("{}").digest("hex") };
  let context: object | null = sent;
  const { seen, ignisign } = await setup(t, (response) => json(200, { ...VALID, context })(response));
  const check = (rawBody: string): Promise<boolean> => ignisign.tokens.checkConsumeWebhook({ ...TOKEN, rawBody });
  equal(await check(`{"topic":"APP","action":"ARCHIVED","content":{}}`), true);
  equal(await check(`{"topic":"APP","action":"ARCHIVED","content":{ }}`), false);
  equal(await check(`{"topic":"APP","action":"RENAMED","content":{}}`), false);
  deepEqual(seen[0]?.body, TOKEN, "the body stays here");
  context = null;
  equal(await check(`{"topic":"APP","action":"ARCHIVED","content":{}}`), false);
});

test("what is no token at all is invalid without asking the server", async (t) => {
  const { seen, ignisign } = await setup(t, json(200, VALID));
  for (const token of [undefined, null, "", 7, {}]) {
    equal(await ignisign.tokens.checkConsumeWebhook({ ...TOKEN, token: token as string }), false);
  }
  equal(await ignisign.tokens.checkConsumeWebhook({ ...TOKEN, appEnv: {} as string }), false);
  equal(seen.length, 0);
});

test("a token that the server refuses as malformed is invalid", async (t) => {
  const { ignisign } = await setup(
    t,
    json(400, { code: "BODY_VALIDATION_FAILED", message: "token is too long", requestId: "r" }),
  );
  equal(await ignisign.tokens.checkConsumeWebhook(TOKEN), false);
});

test("a check that the server could not make throws instead of calling the token invalid", async (t) => {
  const answers: [respond: Respond, status: number | null, code: string][] = [
    [json(401, { code: "AUTHENTICATION_FAILED", message: "no such key" }), 401, "AUTHENTICATION_FAILED"],
    [json(403, { code: "SCOPE_MISSING", message: "no scope" }), 403, "SCOPE_MISSING"],
    [json(500, { code: "INTERNAL_ERROR", message: "sorry" }), 500, "INTERNAL_ERROR"],
    [json(503, { code: "STORE_UNAVAILABLE", message: "later" }), 503, "STORE_UNAVAILABLE"],
    [(response) => response.writeHead(502).end("<html>Bad gateway</html>"), 502, "UNEXPECTED_ANSWER"],
    [(response) => response.writeHead(200).end("<html>Hello</html>"), 200, "UNEXPECTED_ANSWER"],
    [json(200, {}), 200, "UNEXPECTED_ANSWER"],
    [json(200, null), 200, "UNEXPECTED_ANSWER"],
    [(response) => response.destroy(), null, "CONNECTION_FAILED"],
  ];
  for (const [respond, status, code] of answers) {
    const { ignisign } = await setup(t, respond);
    await rejects(ignisign.tokens.checkConsumeWebhook(TOKEN), isError({ status, code }));
  }
});

test("a refusal is an error with the server's status, code, message, context and request id", async (t) => {
  const refusal = { code: "PAGE_TOO_DEEP", message: "use cursor", context: { pageMax: 200 }, requestId: "req-1" };
  const { ignisign } = await setup(t, json(400, refusal));
  const error = await ignisign.client.webhooksV4.getEvents("w", { page: 999 }).catch((reason: unknown) => reason);
  ok(error instanceof IgnisignError);
  const { status, code, message, context, requestId } = error;
  deepEqual({ status, code, message, context, requestId }, { status: 400, ...refusal });
});

test("an answer that never comes, or never ends, is given up after the time limit", async (t) => {
  for (const respond of [() => {}, (response: ServerResponse) => response.writeHead(200).write("{")]) {
    const { options } = await setup(t, respond);
    const hasty = new IgnisignClient({ ...options, timeoutMs: 50 });
    await rejects(
      hasty.client.webhooksV4.getWebhook("w"),
      isError({ status: null, code: "TIMED_OUT", message: /within 50 ms/ }),
    );
  }
});

test("a server that is not there is named in the error, and the key is not", async (t) => {
  const { ignisign, server, serverUrl } = await setup(t, json(200, {}));
  server.close();
  await once(server, "close");
  const expected = isError({
    status: null,
    code: "CONNECTION_FAILED",
    message: new RegExp(`${serverUrl}.*ECONNREFUSED`),
  });
  await rejects(
    ignisign.client.webhooksV4.getWebhook("w"),
    (error: Error) => expected(error) && !error.message.includes("skv2"),
  );
});

test("a redirect is not followed, so that the key stays with the server it is for", async (t) => {
  const elsewhere = await setup(t, json(200, {}));
  const redirect: Respond = (response) => response.writeHead(307, { location: elsewhere.serverUrl }).end();
  const { ignisign } = await setup(t, redirect);
  await rejects(ignisign.client.webhooksV4.getWebhook("w"), isError({ status: 307, code: "UNEXPECTED_ANSWER" }));
  equal(elsewhere.seen.length, 0);
});

test("the server's URL comes from the option, then the environment, then the default, and may have a path", async (t) => {
  const { seen, serverUrl } = await setup(t, json(200, {}));
  const before = process.env["IGNISIGN_SERVER_URL"];
  t.after(() => {
    if (before === undefined) delete process.env["IGNISIGN_SERVER_URL"];
    else process.env["IGNISIGN_SERVER_URL"] = before;
  });
  process.env["IGNISIGN_SERVER_URL"] = `${serverUrl}/from/environment/`;
  await new IgnisignClient({ apiKey: "k" }).client.webhooksV4.getWebhook("w");
  await new IgnisignClient({ apiKey: "k", serverUrl: `${serverUrl}/option` }).client.webhooksV4.getWebhook("w");
  deepEqual(
    seen.map(({ call }) => call),
    ["GET /from/environment/v4/webhooks/w", "GET /option/v4/webhooks/w"],
  );
});

test("a missing key, a URL that is none and a time limit out of bounds are refused by name", () => {
  for (const apiKey of [undefined, "", "with space", "line\n"])
    throws(() => new IgnisignClient({ apiKey: apiKey as string }), /apiKey/);
  for (const serverUrl of ["localhost:4400", "ftp://host", "nonsense"]) {
    throws(() => new IgnisignClient({ apiKey: "k", serverUrl }), /serverUrl is/);
  }
  for (const timeoutMs of [0, 0.5, 600_001, Number.NaN]) {
    throws(() => new IgnisignClient({ apiKey: "k", timeoutMs }), /timeoutMs is/);
  }
});
