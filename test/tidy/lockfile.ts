/** The lockfile installs everywhere: from any registry, on any platform, the same bytes. */
import type { Finding } from "./source.ts";

type LockedPackage = {
  version?: string;
  integrity?: string;
  optional?: boolean;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
};

const PATH = "package-lock.json";

/**
 * Findings about a lockfile's text. npm leaves out packages of other platforms that the registry at hand does not have, and
 * then `npm ci` refuses the file; their entries (version, os, cpu, `optional`) have to be there, if need be by hand.
 */
export function checkLockfile(text: string): Finding[] {
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
  const finding = (name: string, problem: string, fix: string): Finding => {
    const line = text.split("\n").findIndex((each) => each.includes(`"${name}"`)) + 1;
    return { path: PATH, line, problem, fix };
  };
  return Object.entries(packages).flatMap(([place, locked]) => {
    const missing = Object.keys(locked.optionalDependencies ?? {}).filter((name) => !hasEntry(packages, place, name));
    const findings = missing.map((name) =>
      finding(name, `the optional package ${name} has no entry`, "add one like its siblings', without integrity"),
    );
    const isOurs = !place.includes("node_modules/") || locked.link === true;
    if (!isOurs && locked.optional !== true && locked.integrity === undefined) {
      findings.push(finding(place, `${place} has no integrity`, "delete the entry and run `npm install`"));
    }
    return findings;
  });
}

function hasEntry(packages: Readonly<Record<string, LockedPackage>>, place: string, name: string): boolean {
  return `node_modules/${name}` in packages || `${place}/node_modules/${name}` in packages;
}
