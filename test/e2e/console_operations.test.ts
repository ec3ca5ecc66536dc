/** The console's types of the API are those of the server. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generateOperations } from "../../console/generate_api.ts";
import { startApiServer } from "./support/api_server.ts";

const FILE = join(import.meta.dirname, "../../console/src/api/operations.ts");

test("the console's operations.ts is what the server's OpenAPI document gives", async () => {
  const server = await startApiServer();
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Parameters<
    typeof generateOperations
  >[0];
  const text = await generateOperations(document);
  assert.ok(text === readFileSync(FILE, "utf8"), "it is out of date: run `npm run generate`");
});
