import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";

test("missing folders are made, private, and existing ones left alone", (t) => {
  const root = mkdtempSync(join(tmpdir(), "folder-"));
  t.after(() => rmSync(root, { recursive: true }));
  const path = join(root, "a/b/c");
  makeFolder(path);
  makeFolder(path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test("a folder below a file cannot be made, and that is said at once", (t) => {
  const root = mkdtempSync(join(tmpdir(), "folder-"));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, "file"), "");
  assert.throws(() => makeFolder(join(root, "file/a/b")), { code: "ENOTDIR" });
});

test(
  "a folder in a file system that makes none is refused without an endless repetition",
  { skip: process.platform !== "linux" && "it has no /proc" },
  () => {
    assert.throws(() => makeFolder("/proc/nowhere/a"), /ENOENT|EACCES|EPERM/);
  },
);
