/**
 * Only src/egress opens outbound connections, and the PostgreSQL store the ones to its database. What is not known to open
 * none is refused, so that a new package or built-in has to be thought about here.
 */
import {
  isCallExpression,
  isElementAccessExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isNamedImports,
  isPropertyAccessExpression,
  isShorthandPropertyAssignment,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import { SyntaxKind } from "typescript/unstable/ast";
import type { ImportDeclaration, Node } from "typescript/unstable/ast";
import type { Finding, Source } from "./source.ts";
import { isProduct, lineOf, walk } from "./source.ts";

const HOME = "src/egress/";
const FIX = "go through the Sender of src/egress, the one door out";
const FIX_UNKNOWN = "if it opens no outbound connection, say so in test/tidy/outbound.ts; otherwise use src/egress";

/** Built-in modules that open no connection and start no program that might. */
const QUIET_BUILTINS: ReadonlySet<string> = new Set([
  "assert",
  "buffer",
  "crypto",
  "events",
  "fs",
  "fs/promises",
  "os",
  "path",
  "sqlite",
  "stream",
  "stream/promises",
  "timers",
  "timers/promises",
  "url",
  "util",
  "worker_threads",
  "zlib",
]);
/** What modules that could connect have that does not. */
const QUIET_NAMES = new Set(["isIP", "isIPv4", "isIPv6", "STATUS_CODES"]);
/** Packages that open no outbound connection. */
const QUIET_PACKAGES: ReadonlySet<string> = new Set([
  "@fastify/swagger",
  "@fastify/type-provider-typebox",
  "ajv",
  "fastify",
  "pino",
  "typebox",
]);
/** Packages that do, with the one place that may use them. */
const PACKAGE_HOMES: ReadonlyMap<string, string> = new Map([["pg", "src/store/postgres/"]]);
const GLOBALS: ReadonlySet<string> = new Set(["fetch", "WebSocket", "EventSource", "XMLHttpRequest"]);
const GLOBAL_OBJECTS: ReadonlySet<string> = new Set(["globalThis", "global", "self"]);
/** Calls that load a module by its name. */
const LOADERS: ReadonlySet<string> = new Set(["require", "getBuiltinModule", "createRequire"]);

/** Findings in the product's source. Tests, tools, the SDK and examples may connect to what they like. */
export function checkOutbound(sources: readonly Source[]): Finding[] {
  return sources.filter(({ path }) => isProduct(path) && !path.startsWith(HOME)).flatMap(outboundIn);
}

function outboundIn(source: Source): Finding[] {
  const findings: Finding[] = [];
  walk(source.tree, (node) => {
    const found = useOf(node, source.path);
    if (found !== null) findings.push({ path: source.path, line: lineOf(source, node), ...found });
  });
  return findings;
}

type Use = { problem: string; fix: string };

function useOf(node: Node, path: string): Use | null {
  if (isImportDeclaration(node)) return opensNothing(node) ? null : moduleUse(node.moduleSpecifier, path);
  if (isExportDeclaration(node))
    return node.moduleSpecifier === undefined ? null : moduleUse(node.moduleSpecifier, path);
  if (isCallExpression(node)) {
    const { expression } = node;
    if (expression.kind === SyntaxKind.ImportKeyword) return moduleUse(node.arguments[0], path);
    const callee = isPropertyAccessExpression(expression) ? expression.name : expression;
    return isIdentifier(callee) && LOADERS.has(callee.text)
      ? { problem: `${callee.text}() loads a module past the rules for imports`, fix: "import it" }
      : null;
  }
  if ((isIdentifier(node) || isStringLiteral(node)) && GLOBALS.has(node.text) && isGlobal(node)) {
    return { problem: `${node.text} opens an outbound connection`, fix: FIX };
  }
  return null;
}

function moduleUse(specifier: Node | undefined, path: string): Use | null {
  if (specifier === undefined || !isStringLiteral(specifier)) {
    return { problem: "a module is loaded by a name that is not written here", fix: "write its name as a literal" };
  }
  const { text } = specifier;
  if (text.startsWith(".")) return null; // a file of ours, which the rule looks at by itself
  if (!text.startsWith("node:")) return packageUse(text, path);
  if (QUIET_BUILTINS.has(text.slice("node:".length))) return null;
  return { problem: `the module ${text} can open outbound connections`, fix: FIX };
}

function packageUse(text: string, path: string): Use | null {
  const name = text
    .split("/")
    .slice(0, text.startsWith("@") ? 2 : 1)
    .join("/");
  const home = PACKAGE_HOMES.get(name);
  if (home !== undefined) {
    return path.startsWith(home) ? null : { problem: `${name} connects to its server`, fix: `use it in ${home} only` };
  }
  if (QUIET_PACKAGES.has(name)) return null;
  return { problem: `${name} is not known to open no outbound connection`, fix: FIX_UNKNOWN };
}

/** A type opens no connection, and neither do the pure parts of node:net and node:http. */
function opensNothing(declaration: ImportDeclaration): boolean {
  const clause = declaration.importClause;
  if (clause?.phaseModifier === SyntaxKind.TypeKeyword) return true;
  const names = clause?.namedBindings;
  return (
    names !== undefined &&
    isNamedImports(names) &&
    names.elements.every(({ name, propertyName }) => QUIET_NAMES.has((propertyName ?? name).text))
  );
}

/** Whether the name means the global: no member of another object, and no name that something else declares. */
function isGlobal(node: Node): boolean {
  const { parent } = node;
  if (isStringLiteral(node)) {
    return (
      isElementAccessExpression(parent) && isIdentifier(parent.expression) && GLOBAL_OBJECTS.has(parent.expression.text)
    );
  }
  if (isPropertyAccessExpression(parent) && parent.name === node) {
    return isIdentifier(parent.expression) && GLOBAL_OBJECTS.has(parent.expression.text);
  }
  return isShorthandPropertyAssignment(parent) || !("name" in parent && parent.name === node);
}
