/** The documents say what the code says: error codes, failure codes, settings, migrations and links. */
import { posix } from "node:path";
import {
  isCallExpression,
  isIdentifier,
  isPropertyAccessExpression,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import type { Finding, Source, TextFile } from "./source.ts";
import { lineAt, walk } from "./source.ts";

/** A word of a table's first column, such as a code, with the rest of its row. */
export type Row = { key: string; cells: readonly string[]; line: number };

/** The rows of the tables under a heading (`## …`) of a Markdown text whose first cell is `code` in backticks. */
export function tableRows(text: string, heading: string): Row[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.replace(/^#+ /, "") === heading && line.startsWith("#"));
  if (from === -1) return [];
  const length = lines.slice(from + 1).findIndex((line) => /^#{1,2} /.test(line));
  const until = length === -1 ? lines.length : from + 1 + length;
  return lines.slice(0, until).flatMap((line, at) => {
    if (at <= from || !line.startsWith("| `")) return [];
    const [key = "", ...cells] = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    return [{ key: key.replaceAll("`", ""), cells, line: at + 1 }];
  });
}

/** Where the documented keys are not the ones of the code. `what` names one of them, `home` is where they live. */
function compareKeys(params: {
  path: string;
  rows: readonly Row[];
  keys: readonly string[];
  what: string;
  home: string;
}): Finding[] {
  const { path, rows, keys, what, home } = params;
  const documented = new Set(rows.map(({ key }) => key));
  const missing = keys.filter((key) => !documented.has(key));
  const repeated = rows.filter(({ key }, at) => rows.findIndex((row) => row.key === key) < at);
  return [
    ...missing.map((key) => {
      const problem = `the ${what} ${key} of ${home} is not documented`;
      return { path, line: rows[0]?.line ?? 1, problem, fix: "add its row: what it means and what to do" };
    }),
    ...rows
      .filter(({ key }) => !keys.includes(key))
      .map(({ key, line }) => ({
        path,
        line,
        problem: `no ${what} ${key} is in ${home}`,
        fix: "delete the row, or mend its name",
      })),
    ...repeated.map(({ key, line }) => ({ path, line, problem: `${key} has two rows`, fix: "keep one" })),
  ];
}

/** Findings about API errors: codes and statuses of docs/errors.md against the table of the code. */
export function checkErrorCodes(text: string, statusOf: Readonly<Record<string, number>>): Finding[] {
  const path = "docs/errors.md";
  const rows = tableRows(text, "API errors");
  const wrong = rows.filter(({ key, cells }) => key in statusOf && cells[0] !== String(statusOf[key]));
  return [
    ...compareKeys({ path, rows, keys: Object.keys(statusOf), what: "error code", home: "src/errors.ts" }),
    ...wrong.map(({ key, line, cells }) => {
      const problem = `${key} is documented with status ${cells[0] ?? "none"}; it is ${statusOf[key]}`;
      return { path, line, problem, fix: "correct the status" };
    }),
  ];
}

/** Findings about the failure codes of attempts in docs/errors.md: each is there, with the remedy that its message names. */
export function checkFailureCodes(text: string, messageOf: Readonly<Record<string, string>>): Finding[] {
  const path = "docs/errors.md";
  const rows = tableRows(text, "Failures of an attempt");
  const mute = Object.entries(messageOf).filter(([, message]) => remedyOf(message) === "");
  const differing = rows.filter(({ key, cells }) => !(cells[1] ?? "").includes(remedyOf(messageOf[key] ?? "")));
  return [
    ...compareKeys({ path, rows, keys: Object.keys(messageOf), what: "failure code", home: "src/domain/failure.ts" }),
    ...mute.map(([key]) => {
      const problem = `the message of ${key} has no remedy`;
      return { path: "src/domain/failure.ts", line: 1, problem, fix: "add a sentence that says what to do" };
    }),
    ...differing.map(({ key, line }) => {
      const problem = `${key} has another remedy than its message`;
      return { path, line, problem, fix: `write: ${remedyOf(messageOf[key] ?? "")}` };
    }),
  ];
}

/** What a message says behind its first sentence. */
function remedyOf(message: string): string {
  return /(?<=\. ).+$/.exec(message)?.[0] ?? "";
}

/** Findings about the settings: the README's table against what src/config.ts reads, itself or by other files. */
export function checkSettings(readme: string, readers: readonly Source[]): Finding[] {
  const rows = tableRows(readme, "Configuration");
  const keys = [...new Set(readers.flatMap(settingsOf))];
  return compareKeys({ path: "README.md", rows, keys, what: "setting", home: "src/config.ts" });
}

/** The names that the configuration asks its reader for: `reader.text("PORT")`, `readFileSetting(reader, "CATALOG_FILE", …)`. */
export function settingsOf(config: Source): string[] {
  const names = new Set<string>();
  const isReader = (text: string): boolean => text === "reader";
  walk(config.tree, (node) => {
    if (!isCallExpression(node)) return;
    const { expression } = node;
    const isOfReader = isPropertyAccessExpression(expression) && isReader(expression.expression.getText(config.tree));
    const takesReader = node.arguments.some((argument) => isIdentifier(argument) && isReader(argument.text));
    const name = node.arguments.find((argument) => isStringLiteral(argument));
    if ((isOfReader || takesReader) && name !== undefined && isStringLiteral(name)) names.add(name.text);
  });
  return [...names];
}

/** Findings about SQL migrations: their numbers have no gap, and the first line says what a running worker must know. */
export function checkMigrations(files: readonly TextFile[]): Finding[] {
  const folders = Map.groupBy(
    files.filter(({ path }) => path.includes("/migrations/")),
    ({ path }) => posix.dirname(path),
  );
  return [...folders.values()].flatMap((migrations) =>
    migrations.flatMap(({ path, text }, at) => {
      const expected = String(at + 1).padStart(4, "0");
      const findings: Finding[] = [];
      if (!new RegExp(`^${expected}_[a-z0-9_]+\\.sql$`).test(posix.basename(path))) {
        findings.push({
          path,
          line: 1,
          problem: "the name is out of line",
          fix: `call it ${expected}_what_it_does.sql`,
        });
      }
      if (!/^-- (?:compatible|breaking: .+)\n/.test(text)) {
        const fix = "begin with `-- compatible`, or `-- breaking: ` and what the operator must do first";
        findings.push({ path, line: 1, problem: "the first line does not say whether it is compatible", fix });
      }
      return findings;
    }),
  );
}

const LINK = /(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g;

/** Findings about links in Markdown files that lead to no file, or to no heading. */
export function checkLinks(files: readonly TextFile[]): Finding[] {
  const known = new Map(files.map((file) => [file.path, file.text]));
  return files
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(LINK)].flatMap((match) => {
        const [target = "", anchor] = (match[1] ?? "").split("#");
        if (/^[a-z]+:/.test(target)) return [];
        const to = target === "" ? path : posix.join(posix.dirname(path), target);
        const line = lineAt(text, match.index);
        const found = known.get(to);
        const isFolder = [...known.keys()].some((each) => each.startsWith(`${to.replace(/\/$/, "")}/`));
        if (found === undefined && !isFolder) {
          return [
            { path, line, problem: `the link to ${to} leads nowhere`, fix: "correct the path, relative to this file" },
          ];
        }
        if (anchor === undefined || found === undefined || anchorsOf(found).has(anchor)) return [];
        return [
          { path, line, problem: `${to} has no heading for #${anchor}`, fix: "use the heading's words, in lower case" },
        ];
      }),
    );
}

function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
