/** What belongs to one machine or one installation of tools stays out of the repository. */
import type { Finding, TextFile } from "./source.ts";

type Word = { pattern: RegExp; what: string; fix: string };

const WORDS: readonly Word[] = [
  {
    pattern: /(?:^|[\s"'`(=])\/(?:work|root|home\/[a-z]+|Users\/[A-Za-z]+)\/[\w.-]/,
    what: "a path of one machine",
    fix: "use a path relative to the repository, or os.tmpdir()",
  },
  {
    pattern: /https?:\/\/[^\s"'`/]*(?:registry|artifactory|verdaccio|nexus)[^\s"'`]*/i,
    what: "a package registry's address",
    fix: "leave it out; .npmrc keeps it out of the lockfile (omit-lockfile-registry-resolved)",
  },
  {
    pattern: /"resolved": "(?!sdk")[a-z]+:/,
    what: "a package's address",
    fix: "run `npm install` with this repository's .npmrc",
  },
  { pattern: /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/, what: "a private key", fix: "make it when the test runs" },
];

/** Findings about words that do not belong here; one a line. A certificate's key of a test may stand in a `.pem` file. */
export function checkWords(files: readonly TextFile[]): Finding[] {
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, at) => {
      const word = WORDS.find(({ pattern }) => pattern.test(line));
      return word === undefined ? [] : [{ path, line: at + 1, problem: word.what, fix: word.fix }];
    }),
  );
}
