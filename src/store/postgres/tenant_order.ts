/**
 * The order of one tenant's calls in one process, where it matters: a publish sees every change of a webhook that was asked
 * for before it, and none that was asked for later. Publishes go on together as long as no change is under way.
 */

/** The last calls of a tenant that have not ended. */
type Tail = { publish: Promise<unknown> | null; change: Promise<unknown> | null };

export class TenantOrder {
  readonly #tails = new Map<number, Tail>();

  /** Publishes when the changes before it have ended. Publishes keep their order by themselves. */
  publish<Result>(tenant: number, run: () => Promise<Result>): Promise<Result> {
    const tail = this.#tail(tenant);
    const result = tail.change === null ? run() : tail.change.then(run);
    this.#note(tenant, tail, "publish", result);
    return result;
  }

  /** Changes a webhook when the publishes and changes before it have ended. */
  change<Result>(tenant: number, run: () => Promise<Result>): Promise<Result> {
    const tail = this.#tail(tenant);
    const result = Promise.all([tail.publish, tail.change]).then(run);
    this.#note(tenant, tail, "change", result);
    return result;
  }

  #tail(tenant: number): Tail {
    let tail = this.#tails.get(tenant);
    if (tail === undefined) this.#tails.set(tenant, (tail = { publish: null, change: null }));
    return tail;
  }

  /** Whoever waits does so for the end, however it comes. */
  #note(tenant: number, tail: Tail, kind: keyof Tail, result: Promise<unknown>): void {
    const forget = (): void => {
      if (tail[kind] === ended) tail[kind] = null;
      if (tail.publish === null && tail.change === null) this.#tails.delete(tenant);
    };
    const ended: Promise<void> = result.then(forget, forget);
    tail[kind] = ended;
  }
}
