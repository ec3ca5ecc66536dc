/** What a page has asked for and not got yet: waited for, or held back, so that a state in between stands still. */
import type { Page, Request, Route } from "playwright-core";

/**
 * Nothing in the page has changed for so many ms: longer than React holds back what follows a placeholder, shorter than the
 * second after which relative times are written anew.
 */
const STILL_MS = 350;
/** How often it is looked again, should a page never come to rest. */
const LOOKS_MAX = 100;

/** The requests of one page, from its first on. */
export class PageRequests {
  readonly #page: Page;
  readonly #open = new Set<Request>();
  readonly #held = new Map<Request, Route>();
  #count = 0;
  #waiters: (() => void)[] = [];

  constructor(page: Page) {
    this.#page = page;
    page.on("request", (request) => {
      this.#count += 1;
      // The live feed never ends.
      if (!request.url().endsWith("/stream")) this.#open.add(request);
    });
    const end = (request: Request): void => {
      this.#open.delete(request);
      this.#held.delete(request);
      this.#look();
    };
    page.on("requestfinished", end);
    page.on("requestfailed", end);
  }

  /** How many are held back now. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** Holds back what fits, until it is released. */
  async hold(fits: (url: URL) => boolean): Promise<void> {
    await this.#page.route(fits, (route, request) => {
      this.#held.set(request, route);
      this.#look();
    });
  }

  /** Lets go what is held; what fits and comes later is held again. */
  async release(): Promise<void> {
    const routes = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(routes.map((route) => route.continue()));
  }

  /** Until nothing is on its way that is not held back, and the page has stood still since. */
  async rest(): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      await this.#answered();
      const count = this.#count;
      await this.#page.evaluate(standStill, STILL_MS);
      if (count === this.#count && this.#isAnswered()) return;
    }
    const urls = [...this.#open].map((request) => request.url());
    throw new Error(`the page does not come to rest; on their way: ${urls.join(" ")}`);
  }

  #isAnswered(): boolean {
    return [...this.#open].every((request) => this.#held.has(request));
  }

  async #answered(): Promise<void> {
    while (!this.#isAnswered()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #look(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

/** Runs in the page: until nothing has changed for a while, and nothing moves or fades any more. */
async function standStill(stillMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      observer.disconnect();
      resolve();
    };
    let timer = setTimeout(done, stillMs);
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(done, stillMs);
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true });
  });
  // A placeholder pulses for ever.
  const ending = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}
