import { test } from "node:test";
import assert from "node:assert/strict";
import { startText } from "./first_start.ts";

const URL = "http://127.0.0.1:4400";
const DEMO = { appId: "appId_1", appEnv: "DEVELOPMENT", tenantKey: "tenant-key", platformKey: "platform-key" } as const;

test("a first start in development shows every key once, and the commands to register and to publish", () => {
  const text = startText({ operatorKey: "operator-key", demo: DEMO }, URL);
  assert.match(text, /operator-key/);
  assert.match(
    text,
    /curl -X POST '\S+\/v4\/applications\/appId_1\/envs\/DEVELOPMENT\/webhooks' \\\n.*Bearer tenant-key/,
  );
  assert.match(
    text,
    /curl -X POST '\S+\/v4\/applications\/appId_1\/envs\/DEVELOPMENT\/messages' \\\n.*Bearer platform-key/,
  );
});

test("a first start in production shows the operator's key and how to make an application", () => {
  const text = startText({ operatorKey: "operator-key", demo: null }, URL);
  assert.match(text, /curl -X POST 'http:\/\/127\.0\.0\.1:4400\/v4\/applications' \\\n.*Bearer operator-key/);
});

test("a later start shows no key, but how to make new ones and what to do without the operator's", () => {
  const text = startText({ operatorKey: null, demo: null }, URL);
  assert.match(text, /api-keys/);
  assert.match(text, /ADMIN_API_KEY/);
});
