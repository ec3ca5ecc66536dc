/** The name of a test is what a failure is called by, so it is a sentence, and its own. */
import {
  isCallExpression,
  isIdentifier,
  isNoSubstitutionTemplateLiteral,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import type { Node } from "typescript/unstable/ast";
import type { Finding, Source } from "./source.ts";
import { lineOf } from "./source.ts";

const WORDS_MIN = 3;

/** Findings about the names given to `test` and `it` in test files, those inside one `describe` under its name. */
export function checkTestNames(sources: readonly Source[]): Finding[] {
  return sources.filter(({ path }) => path.endsWith(".test.ts")).flatMap(namesIn);
}

function namesIn(source: Source): Finding[] {
  const findings: Finding[] = [];
  const lines = new Map<string, number>();
  const visit = (node: Node, group: string): void => {
    const call = namedCall(node);
    if (call !== null && call.callee !== "describe") {
      const line = lineOf(source, node);
      const sameAt = lines.get(group + call.name);
      lines.set(group + call.name, line);
      if (sameAt !== undefined) {
        const problem = `the test of line ${sameAt} has the same name`;
        findings.push({ path: source.path, line, problem, fix: "say what differs: the behaviour, or the condition" });
      }
      if (call.name.trim().split(/\s+/).length < WORDS_MIN) {
        const problem = `"${call.name}" is no sentence`;
        findings.push({ path: source.path, line, problem, fix: "state the behaviour and its condition" });
      }
    }
    const inside = call?.callee === "describe" ? `${group}${call.name} › ` : group;
    node.forEachChild((child) => visit(child, inside));
  };
  visit(source.tree, "");
  return findings;
}

function namedCall(node: Node): { callee: string; name: string } | null {
  if (!isCallExpression(node) || !isIdentifier(node.expression)) return null;
  const callee = node.expression.text;
  const name = node.arguments[0];
  if (!["test", "it", "describe"].includes(callee) || name === undefined) return null;
  return isStringLiteral(name) || isNoSubstitutionTemplateLiteral(name) ? { callee, name: name.text } : null;
}
