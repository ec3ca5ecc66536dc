import { test } from "node:test";
import assert from "node:assert/strict";
import { checkOutbound } from "./outbound.ts";
import { parseSources } from "./source.ts";

/** `line problem` of every finding. */
function problems(path: string, text: string): string[] {
  return checkOutbound(parseSources([{ path, text }])).map(({ line, problem }) => `${line} ${problem}`);
}

const WAYS_OUT: readonly string[] = [
  ...["net", "tls", "http", "https", "http2", "dns", "dns/promises", "dgram", "child_process", "cluster", "module"].map(
    (name) => `import * as way from "node:${name}";`,
  ),
  `import { connect } from "net";`,
  `import { connect, isIP } from "node:net";`,
  `import { request as isIP } from "node:http";`,
  `import "node:inspector";`,
  `import { Client } from "undici";`,
  `import { Pool } from "pg";`,
  `import Cursor from "pg/lib/cursor";`,
  `import { unheardOf } from "@scope/unheard-of/deep";`,
  `export { connect } from "node:net";`,
  `export * from "node:tls";`,
  `const { connect } = await import("node:net");`,
  `const way = await import(name);`,
  `const way = require("node:net");`,
  `const way = process.getBuiltinModule("node:net");`,
  `await fetch("http://example.com");`,
  `await globalThis.fetch("http://example.com");`,
  `await globalThis["fetch"]("http://example.com");`,
  `const { fetch: send } = globalThis;`,
  `const ways = { fetch };`,
  `const send = fetch;`,
  `new WebSocket("ws://example.com");`,
  `new EventSource("http://example.com");`,
];
test("outside src/egress every way out is found, on its line", () => {
  const sources = parseSources(WAYS_OUT.map((way, at) => ({ path: `src/engine/way_${at}.ts`, text: `\n${way}` })));
  for (const [at, source] of sources.entries()) {
    assert.deepEqual(
      checkOutbound([source]).map(({ line }) => line),
      [2],
      WAYS_OUT[at] ?? "",
    );
  }
});

test("src/egress may connect, and the PostgreSQL store to its database alone", () => {
  assert.deepEqual(problems("src/egress/connection.ts", WAYS_OUT.join("\n")), []);
  assert.deepEqual(problems("src/store/postgres/pool.ts", `import { Pool } from "pg";\nimport C from "pg/lib/c";`), []);
  assert.equal(problems("src/store/postgres/pool.ts", `import { connect } from "node:net";`).length, 1);
  assert.equal(problems("src/store/sqlite/pool.ts", `import { Pool } from "pg";`).length, 1);
});

test("types, pure names, quiet modules and packages, files of ours and members of the same name are no findings", () => {
  const text = `
import type { Socket } from "node:net";
import type { Pool } from "pg";
import { isIP } from "node:net";
import { readFileSync } from "node:fs";
import fastify from "fastify";
import { Ajv2020 } from "ajv/dist/2020.js";
import { Sender } from "../egress/sender.ts";
const catalog = await import("./catalog.ts");
store.fetch();
const names = { fetch: 1 };
type Store = { fetch(): void };
`;
  assert.deepEqual(problems("src/engine/lane.ts", text), []);
});

test("tests, the SDK and examples may connect to what they like", () => {
  for (const path of [
    "src/engine/lane.test.ts",
    "test/e2e/kill.test.ts",
    "sdk/src/client.ts",
    "examples/demo/main.ts",
  ]) {
    assert.deepEqual(problems(path, WAYS_OUT.join("\n")), [], path);
  }
});
