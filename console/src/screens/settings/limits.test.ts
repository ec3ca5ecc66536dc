import assert from "node:assert/strict";
import { test } from "node:test";
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX, BATCH_MESSAGES_MAX } from "../../../../src/api/publish.ts";
import { BODY_BYTES_MAX } from "../../../../src/api/json_body.ts";
import { JOB_RATE_MAX, RUNNING_JOBS_MAX } from "../../../../src/domain/job.ts";
import { JSON_DEPTH_MAX } from "../../../../src/domain/json_text.ts";
import { SEARCH_VALUES_MAX } from "../../../../src/domain/search_values.ts";
import * as webhook from "../../../../src/domain/webhook.ts";
import { LIMITS } from "./limits.ts";

test("the limits that the console tells of are those that the server keeps", () => {
  const shown = Object.fromEntries(LIMITS.map(({ name, max }) => [name, max]));
  assert.deepEqual(shown, {
    webhooks: webhook.WEBHOOKS_PER_TENANT_MAX,
    url: webhook.URL_CHARS_MAX,
    description: webhook.DESCRIPTION_CHARS_MAX,
    headers: webhook.CUSTOM_HEADERS_MAX,
    headerBytes: webhook.CUSTOM_HEADERS_BYTES_MAX,
    message: BODY_BYTES_MAX,
    depth: JSON_DEPTH_MAX,
    searchValues: SEARCH_VALUES_MAX,
    batch: BATCH_MESSAGES_MAX,
    batchEvents: BATCH_EVENTS_MAX,
    batchBytes: BATCH_BYTES_MAX,
    concurrency: webhook.CONCURRENCY_MAX,
    jobs: RUNNING_JOBS_MAX,
    jobRate: JOB_RATE_MAX,
  });
});
