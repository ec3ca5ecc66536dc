/** What a check or a test file came to, and how a person reads it. */

/** One failed test, or with `test: null` a failure of the whole file or check. `report` is what to read about it. */
export type Failure = { test: string | null; report: string };

/** The outcome of one check or test file. */
export type Result = {
  name: string;
  passed: number;
  failures: readonly Failure[];
  /** Tests that were not run or may fail, each with its reason. */
  skipped?: readonly string[];
  durationMs?: number;
};

/** Prints one line, and under it everything that is known of its failures. */
export function printResult(result: Result): void {
  const isGood = result.failures.length === 0;
  const seconds = result.durationMs === undefined ? "" : ` ${(result.durationMs / 1000).toFixed(1)} s`;
  console.log(`${isGood ? "ok  " : "FAIL"} ${result.name} (${result.passed} passed${skippedText(result)})${seconds}`);
  for (const failure of result.failures) {
    console.log(`  FAIL ${failure.test ?? result.name}`);
    console.log(indented(failure.report));
  }
}

/** Prints what failed and what was skipped, then `N passed, N failed` as the last line. Returns the exit code. */
export function printSummary(results: readonly Result[]): number {
  const failures = results.flatMap(({ name, failures: ofOne }) => ofOne.map(({ test }) => ({ name, test })));
  const skipped = results.flatMap(({ name, skipped: ofOne = [] }) => ofOne.map((test) => `${name}: ${test}`));
  console.log("");
  if (skipped.length > 0) console.log(`Skipped:\n${indented(skipped.join("\n"))}\n`);
  if (failures.length > 0) {
    console.log(
      `Failed:\n${indented(failures.map(({ name, test }) => `${name}: ${test ?? "as a whole"}`).join("\n"))}\n`,
    );
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length === 0 && passed > 0 ? 0 : 1;
}

/**
 * Does `work` on every item of the queues, one item at a time in each lane. A lane names the queues in the order in which it
 * takes from them, and goes on to the next when one is empty.
 */
export async function inLanes<Item>(
  lanes: readonly (readonly Iterable<Item>[])[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  await Promise.all(
    lanes.map(async (queues) => {
      for (const queue of queues) for (const item of queue) await work(item);
    }),
  );
}

function skippedText({ skipped = [] }: Result): string {
  return skipped.length === 0 ? "" : `, ${skipped.length} skipped`;
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "    ");
}
