/** Time, randomness, settings and printing each have one home; everywhere else they are injected. For sockets: outbound.ts. */
import {
  isCallExpression,
  isIdentifier,
  isImportDeclaration,
  isNewExpression,
  isPropertyAccessExpression,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import type { Node } from "typescript/unstable/ast";
import type { Finding, Source } from "./source.ts";
import { isProduct, lineOf, walk } from "./source.ts";

type Ban = { homes: readonly string[]; fix: string };

const CLOCK: Ban = { homes: ["src/clock.ts"], fix: "take a Clock by constructor (src/clock.ts)" };
const RANDOM: Ban = { homes: ["src/random.ts"], fix: "take a Random by constructor (src/random.ts)" };
const SETTINGS: Ban = { homes: ["src/config.ts"], fix: "read the setting in src/config.ts and hand its value down" };
const PRINTING: Ban = {
  homes: ["src/main.ts", "src/rotate_master_key.ts"],
  fix: "log through the injected Logger; only what is started by hand speaks to a person",
};

/** Members by `object.member`; `*` is any member. */
const MEMBERS: ReadonlyMap<string, Ban> = new Map([
  ["Date.now", CLOCK],
  ["performance.now", CLOCK],
  ["process.hrtime", CLOCK],
  ["AbortSignal.timeout", CLOCK],
  ["Math.random", RANDOM],
  ["crypto.randomUUID", RANDOM],
  ["crypto.randomBytes", RANDOM],
  ["crypto.getRandomValues", RANDOM],
  ["process.env", SETTINGS],
  ["process.stdout", PRINTING],
  ["console.*", PRINTING],
]);
/** Functions called by their bare name, and names imported. */
const FUNCTIONS: ReadonlyMap<string, Ban> = new Map([
  ["setTimeout", CLOCK],
  ["setInterval", CLOCK],
  ["randomUUID", RANDOM],
  ["randomBytes", RANDOM],
  ["randomInt", RANDOM],
]);
const MODULES: ReadonlyMap<string, Ban> = new Map([
  ["node:timers", CLOCK],
  ["node:timers/promises", CLOCK],
]);

/** Findings in the product's source. Tests, tools, the SDK and examples may do as they like. */
export function checkBanned(sources: readonly Source[]): Finding[] {
  return sources.filter(({ path }) => isProduct(path)).flatMap(bannedIn);
}

function bannedIn(source: Source): Finding[] {
  const findings: Finding[] = [];
  walk(source.tree, (node) => {
    for (const { what, ban } of uses(node)) {
      if (ban.homes.some((home) => source.path.startsWith(home))) continue;
      findings.push({
        path: source.path,
        line: lineOf(source, node),
        problem: `${what} outside its home`,
        fix: ban.fix,
      });
    }
  });
  return findings;
}

function uses(node: Node): { what: string; ban: Ban }[] {
  if (isPropertyAccessExpression(node) && isIdentifier(node.expression)) {
    const [object, member] = [node.expression.text, node.name.text];
    return found(`${object}.${member}`, MEMBERS.get(`${object}.${member}`) ?? MEMBERS.get(`${object}.*`));
  }
  if (isCallExpression(node) && isIdentifier(node.expression)) {
    const name = node.expression.text;
    return found(`${name}()`, name === "Date" ? CLOCK : FUNCTIONS.get(name));
  }
  if (isNewExpression(node) && isIdentifier(node.expression) && node.expression.text === "Date") {
    return found("new Date() without a time", (node.arguments?.length ?? 0) === 0 ? CLOCK : undefined);
  }
  if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier)) {
    return found(`the module ${node.moduleSpecifier.text}`, MODULES.get(node.moduleSpecifier.text));
  }
  return [];
}

function found(what: string, ban: Ban | undefined): { what: string; ban: Ban }[] {
  return ban === undefined ? [] : [{ what, ban }];
}
