/** Randomness, injected: a simulation replaces it by a seeded generator. */
import { randomBytes } from "node:crypto";

/** The only source of randomness. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Buffer;
  /** A number in [0,1), for jitter. */
  fraction(): number;
}

/** Every attempt asks for a fraction, so their bytes are fetched in larger pieces. */
const POOL_BYTES = 4_096;

class SystemRandom implements Random {
  #pool = Buffer.alloc(0);
  #poolAt = 0;

  bytes(count: number): Buffer {
    return randomBytes(count);
  }

  fraction(): number {
    if (this.#poolAt === this.#pool.length) {
      this.#pool = randomBytes(POOL_BYTES);
      this.#poolAt = 0;
    }
    const value = this.#pool.readUInt32BE(this.#poolAt);
    this.#poolAt += 4;
    return value / 2 ** 32;
  }
}

/** The operating system's generator. */
export const systemRandom: Random = new SystemRandom();
