/** Values that must never be printed: they show as `[secret]` wherever they are logged, joined or serialised. */
import { inspect } from "node:util";

const SHOWN = "[secret]";

/** Wraps a secret. The only way to the value is {@link Secret.reveal}, which is easy to find in a review. */
export class Secret<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  /** The value itself, for the one place that needs it. */
  reveal(): Value {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
