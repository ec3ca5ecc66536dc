import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { en } from "./en/en.ts";
import { fr } from "./fr/fr.ts";

type Compiled = ReturnType<typeof compileMessage>;

/** The values that a message asks for, those inside plurals included. */
function placeholders(compiled: Compiled | string): string[] {
  const found = new Set<string>();
  const visit = (token: unknown): void => {
    if (!Array.isArray(token)) return;
    if (typeof token[0] === "string" && token.length <= 3 && typeof token[1] !== "object") found.add(token[0]);
    for (const part of token) {
      if (Array.isArray(part)) visit(part);
      else if (typeof part === "object" && part !== null) Object.values(part).forEach(visit);
    }
  };
  if (Array.isArray(compiled)) {
    for (const token of compiled) visit(token);
  }
  return [...found].sort();
}

test("English and French have the same messages, none of them empty", () => {
  assert.deepEqual(Object.keys(fr).sort(), Object.keys(en).sort());
  const empty = [...Object.entries(en), ...Object.entries(fr)].filter(([, text]) => text.trim() === "");
  assert.deepEqual(empty, []);
});

test("a message asks for the same values in both languages", () => {
  for (const id of Object.keys(en) as (keyof typeof en)[]) {
    const [english, french] = [compileMessage(en[id]), compileMessage(fr[id])];
    assert.deepEqual(placeholders(french), placeholders(english), `${id}: ${en[id]} / ${fr[id]}`);
  }
});

test("French uses the typographic apostrophe", () => {
  const plain = Object.entries(fr).filter(([, text]) => /\p{L}'\p{L}/u.test(text));
  assert.deepEqual(plain, []);
});

test("every message is used", () => {
  const source = globSync("**/*.{ts,tsx}", { cwd: join(import.meta.dirname, "..") })
    .filter((path) => !path.startsWith("i18n/en/") && !path.startsWith("i18n/fr/"))
    .map((path) => readFileSync(join(import.meta.dirname, "..", path), "utf8"))
    .join("\n");
  // An id may be put together from a fixed start and a value: `status.${status}`.
  const starts = [...source.matchAll(/`([a-zA-Z.]+\.)\$\{/g)].map((match) => match[1] ?? "");
  const unused = Object.keys(en).filter(
    (id) => !source.includes(`"${id}"`) && !starts.some((start) => id.startsWith(start)),
  );
  assert.deepEqual(unused, []);
});
