import { test } from "node:test";
import assert from "node:assert/strict";
import { checkLayers } from "./layers.ts";
import { parseSources } from "./source.ts";

/** The findings of files that import what is given for each of them. */
function problems(imports: Record<string, string[]>): string[] {
  const files = Object.entries(imports).map(([path, from]) => ({
    path,
    text: from.map((specifier) => `import { x } from "${specifier}";\n`).join(""),
  }));
  return checkLayers(parseSources(files)).map(({ path, problem }) => `${path}: ${problem}`);
}

test("imports downward and of the floor are allowed", () => {
  const good = {
    "src/main.ts": ["./api/server.ts", "./engine/engine.ts", "./clock.ts"],
    "src/secret_box.ts": ["./random.ts", "./domain/token.ts"],
    "src/api/server.ts": ["../engine/intake.ts", "../store/store.ts", "../egress/policy.ts", "../errors.ts"],
    "src/engine/intake.ts": ["../store/store.ts", "../egress/sender.ts", "../domain/event.ts", "./lane.ts"],
    "src/store/sqlite/rows.ts": ["../../domain/event.ts", "../../ids.ts", "../store.ts"],
    "src/domain/event.ts": ["./retry.ts", "../assert.ts"],
  };
  assert.deepEqual(problems(good), []);
});

test("each import upward or sideways is found", () => {
  assert.deepEqual(problems({ "src/domain/event.ts": ["../store/store.ts"] }), [
    "src/domain/event.ts: domain imports store; it may import nothing of ours but the floor",
  ]);
  assert.deepEqual(problems({ "src/store/rows.ts": ["../engine/lane.ts", "../egress/sender.ts"] }), [
    "src/store/rows.ts: store imports engine; it may import domain",
    "src/store/rows.ts: store imports egress; it may import domain",
  ]);
  assert.equal(problems({ "src/engine/lane.ts": ["../api/server.ts"] }).length, 1);
  assert.equal(problems({ "src/egress/sender.ts": ["../store/store.ts"] }).length, 1);
});

test("a type import and a dynamic import count like any other", () => {
  const files = [
    { path: "src/domain/a.ts", text: `import type { A } from "../api/a.ts";` },
    { path: "src/domain/b.ts", text: `const b = await import("../api/b.ts");` },
    { path: "src/domain/c.ts", text: `export { c } from "../api/c.ts";` },
  ];
  assert.deepEqual(
    checkLayers(parseSources(files)).map(({ path }) => path),
    ["src/domain/a.ts", "src/domain/b.ts", "src/domain/c.ts"],
  );
});

test("a file in src/ that composes the layers is not imported by them, directly or through another", () => {
  const files = {
    "src/main.ts": ["./server.ts"],
    "src/server.ts": ["./engine/engine.ts"],
    "src/first_start.ts": ["./server.ts"],
    "src/engine/engine.ts": ["../first_start.ts"],
  };
  assert.deepEqual(problems(files), ["src/engine/engine.ts: engine imports src/first_start.ts, which composes it"]);
});

test("the product imports neither tests nor what lies outside src/", () => {
  const files = { "src/engine/lane.ts": ["../../test/sim/world.ts", "./lane_setup.test.ts"] };
  assert.equal(problems(files).length, 2);
});
