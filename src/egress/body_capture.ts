/** What is kept of a response's body: its first bytes, raw. More is read only so that the connection can be used again. */

const NOTHING = new Uint8Array(0);

/** How much of a body is read, and how much of that is kept. */
export type BodyLimits = {
  /** So many bytes are read; then the connection is closed. */
  readBytesMax: number;
  /** In so many pieces: each costs work, and with chunked encoding a piece may be one byte behind kilobytes of extensions. */
  piecesMax: number;
  /** So many of the bytes are kept. */
  keptBytesMax: number;
};

/** Takes the pieces of one body. */
export class BodyCapture {
  readonly #limits: BodyLimits;
  /** In memory of its own: pieces are views of large buffers, or a multitude. */
  #kept: Uint8Array = NOTHING;
  #keptBytes = 0;
  #readBytes = 0;
  #pieces = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Whether the body is longer than what is kept of it. */
  get isCut(): boolean {
    return this.#readBytes > this.#keptBytes;
  }

  /** Takes one more piece; false when no more is to be read. */
  take(piece: Uint8Array): boolean {
    this.#readBytes += piece.length;
    this.#pieces++;
    const room = this.#limits.keptBytesMax - this.#keptBytes;
    if (room > 0) this.#keep(piece.length <= room ? piece : piece.subarray(0, room));
    return this.#readBytes <= this.#limits.readBytesMax && this.#pieces <= this.#limits.piecesMax;
  }

  /** What was kept, in memory that holds nothing else. */
  bytes(): Uint8Array {
    return this.#keptBytes === this.#kept.length ? this.#kept : this.#kept.slice(0, this.#keptBytes);
  }

  #keep(piece: Uint8Array): void {
    const bytes = this.#keptBytes + piece.length;
    if (bytes > this.#kept.length) {
      const wider = new Uint8Array(Math.max(bytes, Math.min(2 * this.#kept.length, this.#limits.keptBytesMax)));
      wider.set(this.#kept);
      this.#kept = wider;
    }
    this.#kept.set(piece, this.#keptBytes);
    this.#keptBytes = bytes;
  }
}
