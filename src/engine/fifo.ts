/** A first-in-first-out queue with constant-time ends, where an array's `shift` would move every item. */

export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** The oldest item, or undefined when empty. */
  shift(): Item | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The items, oldest first. */
  *[Symbol.iterator](): Generator<Item> {
    for (let at = this.#head; at < this.#items.length; at++) yield this.#items[at] as Item; // none is undefined past the head
  }

  /** Takes out the newest items until `kept` are left; they come oldest first. */
  cut(kept: number): Item[] {
    // The tail holds no undefined: only places before the head do.
    return this.#items.splice(this.#head + kept) as Item[];
  }
}
