/** What is kept of a response's body: its first bytes, raw. More is read only so that the connection can be used again. */

const NOTHING = new Uint8Array(0);

/** How much of a body is read, and how much of that is kept, in bytes. */
export type BodyLimits = {
  /** So many bytes are read; then the connection is closed. */
  readBytesMax: number;
  /** So many of them are kept. */
  keptBytesMax: number;
};

/** Takes the chunks of one body. */
export class BodyCapture {
  readonly #limits: BodyLimits;
  readonly #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #readBytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Whether the body is longer than what is kept of it. */
  get isCut(): boolean {
    return this.#readBytes > this.#keptBytes;
  }

  /** Takes one more chunk; false when no more is to be read. */
  take(chunk: Uint8Array): boolean {
    this.#readBytes += chunk.length;
    const room = this.#limits.keptBytesMax - this.#keptBytes;
    if (room > 0) {
      const kept = chunk.length <= room ? chunk : chunk.subarray(0, room);
      this.#chunks.push(kept);
      this.#keptBytes += kept.length;
    }
    return this.#readBytes <= this.#limits.readBytesMax;
  }

  /** What was kept, in memory of its own: the chunks are views of large read buffers. */
  bytes(): Uint8Array {
    if (this.#keptBytes === 0) return NOTHING;
    const bytes = new Uint8Array(this.#keptBytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}
