/**
 * How often keys may be guessed wrong, by the address that guesses and by the application environment whose key is guessed.
 * Generous, since an address may be a whole company's and keys have 256 random bits: this keeps guessing from costing much.
 */
import type { Clock } from "../clock.ts";
import { ApiError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Patience } from "./failure_throttle.ts";
import { FailureThrottle } from "./failure_throttle.ts";

/** Of one address. */
export const CLIENT_PATIENCE: Patience = { freeFailures: 100, firstWaitMs: 1_000, waitMsMax: 60_000 };
/** Of one public part of keys: more than one address alone can use up, or it could shut out whom the keys belong to. */
export const KEY_PATIENCE: Patience = { freeFailures: 1_000, firstWaitMs: 1_000, waitMsMax: 10_000 };

/** A guess that has begun: it counts as wrong unless it is taken back. */
export type Guess = { takeBack(): void };

/** Says who has to wait before the next guess. */
export class GuessLimits {
  readonly #clients: FailureThrottle;
  readonly #keys: FailureThrottle;

  constructor({ clock, log }: { clock: Pick<Clock, "monotonicMs">; log: Pick<Logger, "warn"> }) {
    const onWait = (guessing: string) =>
      log.warn({ guessing }, "many unknown keys were refused: further ones have to wait");
    this.#clients = new FailureThrottle({ clock, patience: CLIENT_PATIENCE, onWait });
    this.#keys = new FailureThrottle({ clock, patience: KEY_PATIENCE, onWait });
  }

  /** Begins a guess. Throws AUTHENTICATION_THROTTLED when it has to wait. */
  begin({ client, keyId }: { client: string; keyId: string | null }): Guess {
    const waitMs = this.#clients.begin(client);
    if (waitMs > 0) throw throttled(waitMs);
    const keyWaitMs = keyId === null ? 0 : this.#keys.begin(keyId);
    if (keyWaitMs > 0) {
      this.#clients.takeBack(client); // it was others who guessed at this key
      throw throttled(keyWaitMs);
    }
    return {
      takeBack: () => {
        this.#clients.takeBack(client);
        if (keyId !== null) this.#keys.takeBack(keyId);
      },
    };
  }
}

function throttled(waitMs: number): ApiError {
  const retryAfterS = Math.ceil(waitMs / 1000);
  return new ApiError(
    "AUTHENTICATION_THROTTLED",
    `Too many unknown keys were refused, so a key that was not used lately has to wait. Try again in ${retryAfterS} s.`,
    { retryAfterS },
  );
}
