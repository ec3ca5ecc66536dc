import { after, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { TestServer } from "../contract/postgres_server.ts";
import { startServer } from "../contract/postgres_server.ts";
import { schemaSnapshots } from "./snapshot.ts";

let server: Promise<TestServer> | null = null;

after(async () => {
  await (await server)?.stop();
});

test("the schema files hold what the migrations come to", async () => {
  for (const { path, text } of await schemaSnapshots(await (server ??= startServer()))) {
    const remedy = `${path} is not what the migrations make. Run \`npm run schema\`, read the difference, and commit it.`;
    assert.equal(readFileSync(path, "utf8"), text, remedy);
  }
});
