/** Files, functions and lines stay short, and names say what is inside. */
import {
  isArrowFunction,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isMethodDeclaration,
} from "typescript/unstable/ast/is";
import type { Finding, Source, TextFile } from "./source.ts";
import { isTest, lineAt, lineOf, walk } from "./source.ts";

const SOURCE_LINES_MAX = 400;
const TEST_LINES_MAX = 600;
const FUNCTION_KINDS = [
  isArrowFunction,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isMethodDeclaration,
];
const FUNCTION_LINES_MAX = 80;
const LINE_CHARS_MAX = 140;
const BUCKETS = /(?:^|\/)(?:utils?|helpers?|types?|common|interfaces?|misc|shared)\.[cm]?[jt]s$/;
const SNAKE_CASE = /^[a-z0-9]+(?:_[a-z0-9]+)*(?:\.test|\.d|\.config)?\.[cm]?[jt]s$/;

/** Findings about the length of files and lines, and the names of files. */
export function checkShape(files: readonly TextFile[]): Finding[] {
  return files
    .filter(({ path }) => /\.[cm]?[jt]s$/.test(path))
    .flatMap((file) => [...lengths(file), ...names(file.path)]);
}

/** Findings about the length of functions. */
export function checkFunctionLength(sources: readonly Source[]): Finding[] {
  const findings: Finding[] = [];
  for (const source of sources) {
    // A function given to describe() or test() is a chapter or a story; the file cap bounds it.
    if (isTest(source.path)) continue;
    walk(source.tree, (node) => {
      if (!FUNCTION_KINDS.some((isKind) => isKind(node))) return;
      const line = lineOf(source, node);
      const lines = lineAt(source.text, node.end) - line + 1;
      if (lines <= FUNCTION_LINES_MAX) return;
      const problem = `a function of ${lines} lines; the cap is ${FUNCTION_LINES_MAX}`;
      findings.push({ path: source.path, line, problem, fix: "give each of its steps a function with a name" });
    });
  }
  return findings;
}

function lengths({ path, text }: TextFile): Finding[] {
  const lines = text.trimEnd().split("\n");
  const linesMax = isTest(path) ? TEST_LINES_MAX : SOURCE_LINES_MAX;
  const tooLong = lines.flatMap((line, at) =>
    line.length <= LINE_CHARS_MAX
      ? []
      : [
          {
            path,
            line: at + 1,
            problem: `${line.length} characters; the cap is ${LINE_CHARS_MAX}`,
            fix: "break the line, or the string in it",
          },
        ],
  );
  if (lines.length <= linesMax) return tooLong;
  const problem = `${lines.length} lines; the cap is ${linesMax}`;
  return [...tooLong, { path, line: linesMax, problem, fix: "move one of its occupations into a file of its own" }];
}

function names(path: string): Finding[] {
  const name = path.split("/").at(-1) ?? "";
  if (BUCKETS.test(path)) {
    const fix = "name the file after what it does; a type lives with the code that owns it";
    return [{ path, line: 1, problem: `${name} is a name for anything`, fix }];
  }
  if (/\d+\.test\.[cm]?[jt]s$/.test(name)) {
    return [{ path, line: 1, problem: "a numbered test file", fix: "name it after the behaviour that it tests" }];
  }
  if (!SNAKE_CASE.test(name)) {
    return [{ path, line: 1, problem: `${name} is not in snake_case`, fix: "rename it like json_text.ts" }];
  }
  return [];
}
