/** Randomness, injected: a simulation replaces it by a seeded generator. */
import { randomBytes } from "node:crypto";

/** The only source of randomness. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Buffer;
  /** A number in [0,1), for jitter. */
  fraction(): number;
}

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};
