/** Nothing is exported that nobody imports. */
import { isFunctionDeclaration, isIdentifier, isVariableStatement } from "typescript/unstable/ast/is";
import type { Node, Statement } from "typescript/unstable/ast";
import type { Finding, Source } from "./source.ts";
import { isTest, lineOf, walk } from "./source.ts";
import { exportsOf, importsOf } from "./exports.ts";

/**
 * Findings over the whole repository: an export of src/, test/, bench/ or console/ that no other file imports. A type that another
 * export of its file is written with is part of that export. `expected` are `path#name` that are meant to be unused.
 */
export function checkDeadExports(sources: readonly Source[], expected: readonly string[] = []): Finding[] {
  const used = new Map<string, Set<string> | "all">();
  for (const { from, names } of sources.flatMap((source) => importsOf(source))) {
    const known = used.get(from) ?? new Set<string>();
    used.set(from, names === null || known === "all" ? "all" : new Set([...known, ...names]));
  }
  const findings = sources
    .filter(({ path }) => /^(?:src|test|bench|console\/src)\//.test(path))
    .flatMap((source) => deadIn(source, used));
  const wanted = new Set(expected);
  return findings
    .filter(({ path, name }) => !wanted.has(`${path}#${name}`))
    .map(({ path, line, name }) => {
      const fix = isTest(path) ? "delete it, or drop `export`" : "drop `export` if its file uses it, else delete it";
      return { path, line, problem: `${name} is exported and imported nowhere`, fix };
    });
}

type Dead = { path: string; line: number; name: string };

function deadIn(source: Source, used: ReadonlyMap<string, Set<string> | "all">): Dead[] {
  const uses = used.get(source.path);
  if (uses === "all") return [];
  const exported = exportsOf(source);
  return exported
    .filter(({ name, statement }) => {
      if (uses?.has(name)) return false;
      const others = exported.filter((other) => other.statement !== statement);
      return isValue(statement) || !others.some((other) => mentions(other.statement, name));
    })
    .map(({ name, statement }) => ({ path: source.path, line: lineOf(source, statement), name }));
}

function isValue(statement: Statement): boolean {
  return isVariableStatement(statement) || isFunctionDeclaration(statement);
}

function mentions(statement: Node, name: string): boolean {
  let isMentioned = false;
  walk(statement, (node) => {
    if (isIdentifier(node) && node.text === name) isMentioned = true;
  });
  return isMentioned;
}
