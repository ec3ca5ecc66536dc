/**
 * Telling other processes that there is something to do, and hearing of it: by NOTIFY and LISTEN on a connection of its own,
 * beside the transactions, since commits with a NOTIFY wait for each other. It saves waiting and nothing else: whoever hears
 * nothing looks every second.
 */
import pg from "pg";
import type { Clock } from "../../clock.ts";
import { sleep } from "../../clock.ts";
import type { Logger } from "../../log.ts";
import type { Random } from "../../random.ts";
import type { DatabaseAddress } from "./address.ts";
import { faultOf } from "./failure.ts";
import { clientConfig } from "./pool.ts";

const CHANNEL = "ignisign_webhooks";
/** At most one notice of a process in so many ms. */
const TELL_EVERY_MS = 20;
const RECONNECT_MS = 1_000;
const RECONNECT_MS_MAX = 30_000;

export class Notices {
  readonly #deps: { address: DatabaseAddress; timers: Clock; log: Logger };
  /** Tells our own notices from those of others. */
  readonly #sender: string;
  readonly #listeners = new Set<() => void>();
  #client: pg.Client | null = null;
  #isListening = false;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  /** Whether there is something to tell that has not been sent. */
  #isWanted = false;
  #isTelling = false;
  #isStopped = false;

  constructor(deps: { address: DatabaseAddress; timers: Clock; log: Logger; random: Random }) {
    this.#deps = deps;
    this.#sender = deps.random.bytes(8).toString("hex");
  }

  /** Begins to listen, and goes on until it is stopped, whatever becomes of the connection. */
  start(): void {
    if (this.#deps.address.usesListen) void this.#listen(RECONNECT_MS);
  }

  /** Calls `listener` for notices of other processes, and when some may have been missed. Returns how to end that. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the others, soon; nobody while there is no connection to listen on, when they look by themselves. */
  tell(): void {
    if (this.#isStopped || !this.#deps.address.usesListen) return;
    this.#isWanted = true;
    if (!this.#isTelling) void this.#tellAll();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#client?.end().catch(() => undefined); // lost already
  }

  /** One notice after the other: on a slow database they would pile up. */
  async #tellAll(): Promise<void> {
    const { timers, log } = this.#deps;
    this.#isTelling = true;
    while (this.#isWanted && !this.#isStopped) {
      const waitMs = this.#toldAtMs + TELL_EVERY_MS - timers.monotonicMs();
      if (waitMs > 0) await sleep(timers, waitMs);
      this.#isWanted = false;
      this.#toldAtMs = timers.monotonicMs();
      if (!this.#isListening) continue;
      try {
        await this.#client?.query("select pg_notify($1, $2)", [CHANNEL, this.#sender]);
      } catch (error) {
        log.debug({ fault: faultOf(error) }, "a notice to the other processes could not be sent");
      }
    }
    this.#isTelling = false;
  }

  async #listen(retryMs: number): Promise<void> {
    const { address, timers, log } = this.#deps;
    let nextMs = Math.min(2 * retryMs, RECONNECT_MS_MAX);
    try {
      await this.#heed();
      nextMs = RECONNECT_MS;
    } catch (error) {
      log.debug({ database: address.name, fault: faultOf(error) }, "notices of other processes are not heard now");
    }
    if (!this.#isStopped) timers.setTimer(() => void this.#listen(nextMs), retryMs);
  }

  /** Resolves when the connection ends; rejects when it cannot be had. */
  async #heed(): Promise<void> {
    if (this.#isStopped) return;
    const client = new pg.Client(clientConfig(this.#deps.address));
    const ended = new Promise<void>((resolve) => client.once("end", resolve));
    client.on("error", () => undefined); // `end` follows
    client.on("notification", ({ payload }) => {
      if (payload !== this.#sender) this.#call();
    });
    this.#client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#isListening = true;
    } catch (error) {
      await client.end().catch(() => undefined); // the first error is the one to be told
      throw error;
    }
    this.#call(); // what was told before is not heard any more
    await ended;
    this.#isListening = false;
  }

  #call(): void {
    for (const listener of this.#listeners) listener();
  }
}
