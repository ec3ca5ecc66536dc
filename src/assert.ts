/** Assertions that stay on in production: a broken assumption stops the operation loudly instead of corrupting data. */

/** Thrown by {@link assert}; always a bug of ours, never bad input. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** Throws {@link AssertionFailure} unless `condition` holds. `message` says what was broken. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Ends an exhaustive switch: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable value: ${JSON.stringify(value)}`);
}
