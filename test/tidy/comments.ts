/** Every file begins with a sentence that says what it is, and every export says what a reader cannot see. */
import type { Statement } from "typescript/unstable/ast";
import {
  isClassDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isMethodSignatureDeclaration,
} from "typescript/unstable/ast/is";
import type { Finding, Source } from "./source.ts";
import { lineOf, walk } from "./source.ts";
import { exportsOf } from "./exports.ts";

/** A sentence or more: shorter ones restate the name. */
const SENTENCE_CHARS_MIN = 15;

/** Findings about doc comments; test files need no header, since their test names tell. */
export function checkComments(sources: readonly Source[]): Finding[] {
  const promised = promisedMethods(sources);
  return sources.flatMap((source) => [
    ...headerFindings(source),
    ...exportFindings(source, promised),
    ...todoFindings(source),
  ]);
}

function headerFindings({ path, text }: Source): Finding[] {
  if (path.endsWith(".test.ts") || path.endsWith(".d.ts")) return [];
  const header = /^(?:#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? "";
  if (header.replaceAll(/\s+\*?/g, " ").trim().length >= SENTENCE_CHARS_MIN) return [];
  const fix = "begin the file with /** a sentence that says its one occupation */";
  return [{ path, line: 1, problem: "no header comment", fix }];
}

/**
 * Exports without a doc comment. None is asked of: a line that stands under a documented one, with no empty line between;
 * the only function, class or interface of its file, of which the header speaks; a constant or type of one line, whose name
 * must tell; what a constructor is given (`…Deps`, `…Options`); a schema, which describes itself; an implementation of a
 * method that the store's interface documents.
 */
function exportFindings(source: Source, promised: ReadonlySet<string>): Finding[] {
  if (source.path.endsWith(".test.ts")) return [];
  const documented = documentedStatements(source);
  const exported = exportsOf(source);
  const makers = exported.filter(({ statement }) => isMaker(statement));
  return exported
    .filter(({ name, statement }) => {
      if (documented.has(statement) || isOneLine(source, statement) || /(?:Deps|Options|_SCHEMA)$/.test(name))
        return false;
      if (isMaker(statement) && makers.length === 1) return false;
      return !(source.path.startsWith("src/store/") && promised.has(name));
    })
    .map(({ name, statement }) => ({
      path: source.path,
      line: lineOf(source, statement),
      problem: `${name} is exported without a doc comment`,
      fix: "say why it exists, its unit, its special values and what it throws",
    }));
}

function documentedStatements(source: Source): Set<Statement> {
  const documented = new Set<Statement>();
  let previous: Statement | null = null;
  for (const statement of source.tree.statements) {
    const isListed = previous !== null && documented.has(previous) && !hasEmptyLineBetween(source, previous, statement);
    if ((statement.jsDoc?.length ?? 0) > 0 || isListed) documented.add(statement);
    previous = statement;
  }
  return documented;
}

/** The documented methods of the interfaces in src/store/. */
function promisedMethods(sources: readonly Source[]): Set<string> {
  const names = new Set<string>();
  for (const source of sources.filter(({ path }) => /^src\/store\/[^/]+$/.test(path))) {
    walk(source.tree, (node) => {
      if (isMethodSignatureDeclaration(node) && isIdentifier(node.name)) names.add(node.name.text);
    });
  }
  return names;
}

function isMaker(statement: Statement): boolean {
  return isFunctionDeclaration(statement) || isClassDeclaration(statement) || isInterfaceDeclaration(statement);
}

function isOneLine(source: Source, statement: Statement): boolean {
  return !isMaker(statement) && !statement.getText(source.tree).includes("\n");
}

function hasEmptyLineBetween(source: Source, before: Statement, after: Statement): boolean {
  return /\n\s*\n/.test(source.text.slice(before.end, after.getStart(source.tree)));
}

function todoFindings({ path, text }: Source): Finding[] {
  return text.split("\n").flatMap((line, at) => {
    const isBare = /\/\/.*\b(?:TODO|FIXME|XXX)\b(?! ?\(?#\d+)/.test(line);
    return isBare
      ? [{ path, line: at + 1, problem: "a TODO without an issue", fix: "do it, or name the issue: TODO #12" }]
      : [];
  });
}
