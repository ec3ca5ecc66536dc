/** The names that files export and import, and what follows from them: layers point downward, nothing exported is dead. */
import {
  isCallExpression,
  isClassDeclaration,
  isEnumDeclaration,
  isExportDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isImportDeclaration,
  isInterfaceDeclaration,
  isNamedExports,
  isNamedImports,
  isNamespaceImport,
  isStringLiteral,
  isTypeAliasDeclaration,
  isVariableStatement,
} from "typescript/unstable/ast/is";
import { SyntaxKind } from "typescript/unstable/ast";
import type { Node, Statement } from "typescript/unstable/ast";
import { posix } from "node:path";
import type { Source } from "./source.ts";
import { walk } from "./source.ts";

/** An exported declaration. */
export type Export = { name: string; statement: Statement };

/** An import or re-export of a file of the repository. `names: null` is all of them. */
export type Import = { from: string; node: Node; names: readonly string[] | null };

/** What the file declares and exports, in order. */
export function exportsOf(source: Source): Export[] {
  return source.tree.statements
    .filter((statement) => hasExportKeyword(statement))
    .flatMap((statement) => declaredNames(statement).map((name) => ({ name, statement })));
}

/** What the file imports from other files of the repository, dynamic imports and re-exports included. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  const add = (specifier: Node | undefined, node: Node, names: readonly string[] | null): void => {
    if (specifier === undefined || !isStringLiteral(specifier) || !specifier.text.startsWith(".")) return;
    found.push({ from: posix.join(posix.dirname(source.path), specifier.text), node, names });
  };
  walk(source.tree, (node) => {
    if (isImportDeclaration(node)) add(node.moduleSpecifier, node, importedNames(node.importClause?.namedBindings));
    if (isExportDeclaration(node)) add(node.moduleSpecifier, node, importedNames(node.exportClause));
    if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) add(node.arguments[0], node, null);
  });
  return found;
}

function importedNames(bindings: Node | undefined): readonly string[] | null {
  if (bindings === undefined || isNamespaceImport(bindings)) return null;
  if (!isNamedImports(bindings) && !isNamedExports(bindings)) return null;
  return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
}

function hasExportKeyword(statement: Statement): boolean {
  const modifiers = "modifiers" in statement ? (statement.modifiers as readonly Node[] | undefined) : undefined;
  return modifiers?.some(({ kind }) => kind === SyntaxKind.ExportKeyword) ?? false;
}

function declaredNames(statement: Statement): string[] {
  if (isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (isIdentifier(name) ? [name.text] : []));
  }
  const isNamed =
    isFunctionDeclaration(statement) ||
    isClassDeclaration(statement) ||
    isInterfaceDeclaration(statement) ||
    isTypeAliasDeclaration(statement) ||
    isEnumDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}
