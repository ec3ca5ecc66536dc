/** The repository's text as the tidy rules see it: every file by its path, TypeScript parsed by the compiler itself. */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { API } from "typescript/unstable/sync";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import type { Node, SourceFile } from "typescript/unstable/ast";

/** One thing to be mended. `fix` says how, so that nobody has to look the rule up. */
export type Finding = { path: string; line: number; problem: string; fix: string };

/** A text file. `path` is relative to the repository's root, with `/`. */
export type TextFile = { path: string; text: string };

/** A TypeScript file with its syntax tree. */
export type Source = TextFile & { tree: SourceFile };

const FOLDERS_LEFT_OUT = new Set(["node_modules", "dist", "data", ".git", ".vscode", ".idea"]);
const TEXT_NAME =
  /\.(?:tsx?|js|cjs|mjs|css|html|json|md|sql|yml|yaml)$|^(?:LICENSE|\.npmrc|\.gitignore|\.prettierignore|run)$/;
const ROOT = "/repository";

/** Every text file under `root`, whatever git thinks of it; installed and built ones left out. */
export function readRepository(root: string): TextFile[] {
  return readdirSync(root, { recursive: false, withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? readFolder(root, entry.name) : readText(root, entry.name)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function readFolder(root: string, path: string): TextFile[] {
  if (FOLDERS_LEFT_OUT.has(path.split("/").at(-1) ?? "")) return [];
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${path}/${entry.name}`;
    return entry.isDirectory() ? readFolder(root, inside) : readText(root, inside);
  });
}

function readText(root: string, path: string): TextFile[] {
  const name = path.split("/").at(-1) ?? "";
  return TEXT_NAME.test(name)
    ? [{ path: relative(root, join(root, path)), text: readFileSync(join(root, path), "utf8") }]
    : [];
}

/** The TypeScript files among `files`, parsed all at once in memory, without resolving anything. */
export function parseSources(files: readonly TextFile[]): Source[] {
  const typescript = files.filter(({ path }) => /\.(?:[cm]?ts|tsx)$/.test(path));
  const config = `${ROOT}/tsconfig.json`;
  const compilerOptions = { noLib: true, noResolve: true, types: [], jsx: "preserve" };
  const virtual = createVirtualFileSystem({
    ...Object.fromEntries(typescript.map(({ path, text }) => [`${ROOT}/${path}`, text])),
    [config]: JSON.stringify({ compilerOptions, files: typescript.map(({ path }) => path) }),
  });
  const api = new API({ cwd: ROOT, fs: virtual });
  try {
    const program = api.updateSnapshot({ openProjects: [config] }).getProjects()[0]?.program;
    return typescript.map(({ path, text }) => {
      const tree = program?.getSourceFile(`${ROOT}/${path}`);
      if (tree === undefined) throw new Error(`the compiler did not parse ${path}`);
      return { path, text, tree };
    });
  } finally {
    api.close();
  }
}

/** Calls `visit` on every node under `node`, outermost first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  node.forEachChild((child) => {
    visit(child);
    walk(child, visit);
  });
}

/** The line, from 1, on which a node begins (its comments aside). */
export function lineOf(source: Source, node: Node): number {
  return lineAt(source.text, node.getStart(source.tree));
}

/** The line, from 1, of a position in a text. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}

/** Code that runs in tests or beside the product: its rules are fewer. */
export function isTest(path: string): boolean {
  return path.startsWith("test/") || path.endsWith(".test.ts");
}

/** The product's own source, without its tests. */
export function isProduct(path: string): boolean {
  return path.startsWith("src/") && !isTest(path);
}
