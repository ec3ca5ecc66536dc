/**
 * The time that ids carry. It never goes back, though the clock may, because the order of ids is the order of commits;
 * and it moves on by itself before the sequence within a millisecond runs out.
 */
import type { IdMinter } from "../ids.ts";

const IDS_PER_MS_MAX = 200_000;

/** The time of the ids that one minter makes. */
export class IdTime {
  readonly minter: IdMinter;
  #atMs = 0;
  #minted = 0;

  /** `lastMs`: the time of the newest id there is, epoch ms, which a clock that was set back must not fall behind. */
  constructor(minter: IdMinter, lastMs = 0) {
    this.minter = minter;
    this.#atMs = lastMs + 1;
  }

  /** The millisecond for the next id when the clock says `now`. */
  next(now: number): number {
    if (now > this.#atMs) {
      this.#atMs = now;
      this.#minted = 0;
    } else if (this.#minted >= IDS_PER_MS_MAX) {
      this.#atMs += 1;
      this.#minted = 0;
    }
    this.#minted += 1;
    return this.#atMs;
  }
}
