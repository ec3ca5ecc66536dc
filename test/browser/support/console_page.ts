/** A page of the console in a context of its own, which remembers everything that must not happen in it. */
import assert from "node:assert/strict";
import { after } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { PageRequests } from "./requests.ts";

/** How a page is opened. */
export type PageOptions = {
  /** Where the server is. */
  url: string;
  /** Signed in with this key; null: not signed in. */
  key: string | null;
  scheme?: "light" | "dark";
  locale?: "en" | "fr";
  viewport?: { width: number; height: number };
  /** Such as `Europe/Paris`; unset: the machine's. */
  timezoneId?: string;
};

/** Windows as people have them. */
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** How long a page may take to show what is waited for, in ms: the machine may be busy with other tests. */
const PATIENCE_MS = 10_000;

/** A page and what went wrong in it. */
export class ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly requests: PageRequests;
  readonly #url: string;
  readonly #faults: string[] = [];
  #allowed: RegExp[] = [];

  constructor(page: Page, url: string) {
    this.page = page;
    this.context = page.context();
    this.requests = new PageRequests(page);
    this.#url = url;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.#faults.push(message.text());
    });
    page.on("pageerror", (error) => this.#faults.push(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // What a page no longer needs is cancelled when it is left.
      if (reason !== "net::ERR_ABORTED") this.#faults.push(`${request.method()} ${request.url()}: ${reason}`);
    });
  }

  /** Opens an address of the console, such as `/sign-in`. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.#url + path);
  }

  /** The same, without waiting for what the page loads. */
  async start(path: string): Promise<void> {
    await this.page.goto(this.#url + path, { waitUntil: "commit" });
  }

  /** Waits until the page loads nothing more and stands still; the live feed, which never ends, is not waited for. */
  async settled(): Promise<void> {
    await this.requests.rest();
  }

  /** The path and search that the address bar shows. */
  address(): string {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  /** Faults that the test provokes, such as a refused call that the browser's console tells of. */
  allow(...patterns: RegExp[]): void {
    this.#allowed = [...this.#allowed, ...patterns];
  }

  /** Leaves what went wrong before to the test that it happened in. */
  forgetFaults(): void {
    this.#faults.length = 0;
  }

  /** Fails when the page logged an error, threw, violated the policy for content, or could not load something. */
  assertNoFault(): void {
    const faults = this.#faults.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)));
    assert.deepEqual(faults, [], `faults in the page ${this.address()}`);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** Opens pages in one browser for a whole test file; every page is checked for faults when its test closes it. */
export class ConsoleBrowser {
  readonly #browser: Browser;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** `path` null: an empty page, for what has to be arranged before the console is opened. */
  async open(options: PageOptions, path: string | null = "/"): Promise<ConsolePage> {
    const { url, key, scheme = "light", locale = "en", viewport = DESKTOP, ...rest } = options;
    const look = { viewport, locale, reducedMotion: "reduce", colorScheme: scheme } as const;
    const context = await this.#browser.newContext({ ...look, ...rest });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await context.addInitScript(
      ([wantedScheme, wantedLocale]) => {
        localStorage.setItem("ignisign-scheme", wantedScheme);
        localStorage.setItem("ignisign-locale", wantedLocale);
        document.addEventListener("securitypolicyviolation", (event) => {
          console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
        });
      },
      [scheme, locale] as const,
    );
    if (key !== null) await signIn(context, url, key);
    const page = new ConsolePage(await context.newPage(), url);
    if (path !== null) await page.open(path);
    return page;
  }
}

/**
 * Opens one page for each `of` and gives it again at the next call: for tests that look at many screens and change nothing.
 * Each screen is loaded anew; but the browser has compiled the scripts already, and starts no process, which takes more than
 * half of what a page of its own takes.
 */
export function sharedPages<Of>(
  browser: ConsoleBrowser,
  options: (of: Of) => PageOptions,
): (of: Of) => Promise<ConsolePage> {
  const pages = new Map<Of, Promise<ConsolePage>>();
  return async (of) => {
    const opening = pages.get(of) ?? browser.open(options(of), null);
    pages.set(of, opening);
    const opened = await opening;
    opened.forgetFaults();
    return opened;
  };
}

/** One browser for the test file, ended after it. */
export async function startBrowser(): Promise<ConsoleBrowser> {
  const { browser, stop } = await launchChromium();
  after(stop);
  return new ConsoleBrowser(browser);
}

async function signIn(context: BrowserContext, url: string, key: string): Promise<void> {
  const headers = { origin: url, "sec-fetch-site": "same-origin", "ignisign-console": "1" };
  const answer = await context.request.post(`${url}/v4/session`, { data: { key }, headers });
  assert.equal(answer.status(), 201, await answer.text());
}
