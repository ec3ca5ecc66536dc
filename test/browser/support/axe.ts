/** Looks for violations of WCAG 2.2 A and AA that a machine can find. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Fails with what axe finds on the page as it is now. `what` names the state for the message. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await assertNoViolation(page, what, { runOnly: TAGS });
}

/** The same without colours, which take most of the time: for placeholders, which have none of their own. */
export async function assertStructureAccessible(page: Page, what: string): Promise<void> {
  await assertNoViolation(page, what, { runOnly: TAGS, rules: { "color-contrast": { enabled: false } } });
}

/** In the light and in the dark: what a scheme changes are the colours. */
export async function assertAccessibleInBothSchemes(page: Page, what: string): Promise<void> {
  await assertNoViolation(page, what, { runOnly: TAGS });
  await page.evaluate(async () => {
    const { dataset } = document.documentElement;
    dataset["mantineColorScheme"] = dataset["mantineColorScheme"] === "dark" ? "light" : "dark";
    // Some colours fade into the others. A placeholder pulses for ever.
    const ending = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  await assertNoViolation(page, `${what}, in the other scheme`, { runOnly: ["color-contrast"] });
}

async function assertNoViolation(page: Page, what: string, options: axe.RunOptions): Promise<void> {
  const isThere = await page.evaluate(() => "axe" in globalThis);
  if (!isThere) await page.evaluate(SOURCE);
  const { violations } = await page.evaluate(
    (wanted) => (globalThis as unknown as { axe: typeof axe }).axe.run(document, wanted), // the script above set it
    { resultTypes: ["violations" as const], ...options },
  );
  const findings = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 300)}\n  ${failureSummary ?? ""}`),
  );
  assert.equal(findings.length, 0, `${what}:\n${findings.join("\n")}`);
}
