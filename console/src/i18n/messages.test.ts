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
  const visitMessage = (parts: unknown): void => {
    if (Array.isArray(parts)) for (const part of parts) if (Array.isArray(part)) visitValue(part);
  };
  // A value is its name, how it is formatted, and for plurals the messages of each form.
  const visitValue = ([name, , forms]: unknown[]): void => {
    found.add(String(name));
    if (typeof forms === "object" && forms !== null) for (const form of Object.values(forms)) visitMessage(form);
  };
  visitMessage(compiled);
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
