import { test } from "node:test";
import assert from "node:assert/strict";
import { checkComments } from "./comments.ts";
import { parseSources } from "./source.ts";

const HEADER = "/** Says what this file is for. */\n";

function problems(path: string, text: string): string[] {
  return checkComments(parseSources([{ path, text }])).map(({ line, problem }) => `${line} ${problem}`);
}

test("a file without a header, or with one that says nothing, is found", () => {
  assert.deepEqual(problems("src/a.ts", "const a = 1;"), ["1 no header comment"]);
  assert.deepEqual(problems("src/a.ts", "/** A. */\nconst a = 1;"), ["1 no header comment"]);
  assert.deepEqual(problems("src/a.ts", `${HEADER}const a = 1;`), []);
  assert.deepEqual(problems("src/a.test.ts", "const a = 1;"), []);
});

test("an export without a doc comment is found, a documented one and one that is not exported are not", () => {
  const text = `${HEADER}/** Doc. */\nexport function good() {}\n\nexport function bad() {}\n\nfunction own() {}\n`;
  assert.deepEqual(problems("src/a.ts", text), ["5 bad is exported without a doc comment"]);
});

test("the only function or class of a file needs no comment besides the header", () => {
  assert.deepEqual(problems("src/a.ts", `${HEADER}import "x";\n\nexport class Alone {}\n`), []);
  assert.equal(problems("src/a.ts", `${HEADER}import "x";\n\nexport class One {}\n\nexport class Two {}\n`).length, 2);
});

test("declarations in a row share a comment, until an empty line", () => {
  const constant = (name: string): string => `export const ${name} = {\n  a: 1,\n};\n`;
  const text = `${HEADER}import "x";\n/** Bounds. */\n${constant("A")}${constant("B")}\n${constant("C")}`;
  assert.deepEqual(problems("src/a.ts", text), ["11 C is exported without a doc comment"]);
});

test("a type or constant of one line needs no comment, a longer one does", () => {
  const text = `${HEADER}import "x";\n\nexport type A = (typeof AS)[number];\n\nexport type B = {\n  b: 1;\n};\n`;
  assert.deepEqual(problems("src/a.ts", text), ["6 B is exported without a doc comment"]);
});

test("an implementation of a method of the store's interface is documented there", () => {
  const files = [
    { path: "src/store/store.ts", text: `${HEADER}export interface Store {\n  /** Doc. */\n  claim(): void;\n}\n` },
    {
      path: "src/store/sqlite/a.ts",
      text: `${HEADER}import "x";\n\nexport function claim() {}\n\nexport function other() {}\n`,
    },
  ];
  assert.deepEqual(
    checkComments(parseSources(files)).map(({ problem }) => problem),
    ["other is exported without a doc comment"],
  );
});

test("a TODO needs an issue number", () => {
  const word = ["TO", "DO"].join("");
  assert.deepEqual(problems("src/a.ts", `${HEADER}// ${word}: later\n// ${word} #12: then`), [
    "2 a TODO without an issue",
  ]);
});
