/** What every scenario works with: the load generator, the receiver, and one way to measure a subject under a load. */
import type { TestServer } from "../test/contract/postgres_server.ts";
import { startServer as startPostgres } from "../test/contract/postgres_server.ts";
import { cpuOf, machineBusyMs, memoryMiB } from "./measure/processes.ts";
import type { Cpu } from "./measure/processes.ts";
import type { Latency } from "./measure/quantiles.ts";
import type { Options } from "./options.ts";
import { Program } from "./programs/program.ts";
import type { Load, PublisherMethods } from "./programs/publisher.ts";
import type { Behaviour, ReceiverMethods } from "./programs/receiver.ts";
import type { Subject } from "./subjects/subject.ts";

/** How long what was published may take to arrive, beyond the load itself. */
const DRAIN_MS_MAX = 120_000;
/** So many times a load, it is run before it is measured. */
const WARM_UP = 3;
const MEMORY_EVERY_MS = 200;
/** Of the machine's processors that others may use where it is waited for quiet. */
const QUIET_CORES = 0.25;
const QUIET_PROBE_MS = 1_000;
const POSTGRES_SETTINGS = ["fsync=on", "shared_buffers=256MB", "max_connections=200", "max_wal_size=2GB"];

/** What came of a load on a subject. */
export type Measured = {
  messages: number;
  /** Messages that were taken, a second. */
  publishedPerSecond: number;
  /** POSTs that arrived, a second, until the last one. */
  deliveredPerSecond: number;
  /** POSTs that were answered with a failure, as asked. */
  failed: number;
  /** Tokens that were found valid. */
  valid: number;
  /** From publishing to the arrival of its POST, ms. */
  latency: Latency;
  /** From publishing to its answer, ms. */
  answer: Latency;
  /** CPU time by delivery, µs: by process, and by thread of the subject's processes as `process/thread`. */
  cpuUs: ReadonlyMap<string, number>;
  /** The most that the subject's processes had in memory together. */
  memoryMiB: number;
  /** Processors that others used meanwhile. */
  othersCores: number;
};

/** A load without what the subject gives. */
export type LoadShape = Omit<Load, "target">;

export class World {
  readonly options: Options;
  readonly receiverPort: number;
  readonly #publisher: Program<PublisherMethods>;
  readonly #receiver: Program<ReceiverMethods>;
  readonly #othersCores: number[] = [];
  #quietMsLeft: number;
  #postgres: TestServer | null = null;

  private constructor(
    options: Options,
    programs: { publisher: Program<PublisherMethods>; receiver: Program<ReceiverMethods>; receiverPort: number },
  ) {
    this.options = options;
    this.receiverPort = programs.receiverPort;
    this.#publisher = programs.publisher;
    this.#receiver = programs.receiver;
    this.#quietMsLeft = options.quietMs;
  }

  static async start(options: Options): Promise<World> {
    const publisher = new Program<PublisherMethods>("publisher.ts");
    const receiver = new Program<ReceiverMethods>("receiver.ts");
    const { port: receiverPort } = await receiver.call("listen", null);
    return new World(options, { publisher, receiver, receiverPort });
  }

  async stop(): Promise<void> {
    this.#publisher.stop();
    this.#receiver.stop();
    await this.#postgres?.stop();
  }

  /** The URL of an empty database on a PostgreSQL server of the benchmark's own, which makes durable what it commits. */
  async newPostgresDatabase(): Promise<string> {
    this.#postgres ??= await startPostgres(POSTGRES_SETTINGS);
    return (await this.#postgres.createDatabase()).url;
  }

  /** Processors that others used during the loads since it was last asked. */
  takeOthersCores(): number[] {
    return this.#othersCores.splice(0);
  }

  /** Loads the subject and waits until everything has arrived. Throws when something is refused or lost. */
  async measure(subject: Subject, shape: LoadShape, behaviour: Partial<Behaviour> = {}): Promise<Measured> {
    await this.#waitForQuiet();
    await this.#receiver.call("behave", { failEvery: null, tokens: null, ...behaviour });
    const pids = new Map([...subject.pids, ["publisher", this.#publisher.pid], ["receiver", this.#receiver.pid]]);
    const before = cpuOfAll(pids);
    const [busyMs, startedAt] = [machineBusyMs(), performance.now()];
    const memory = this.#watchMemory(subject);
    const published = await this.#publisher.call("publish", { ...shape, target: subject.target });
    const isBare = subject.pids.size === 0; // the receiver answers 200, which is no 201
    if (!isBare && published.refused > 0) throw new Error(`${subject.name} refused ${published.refused} calls`);
    const messages = isBare ? published.refused : published.messages;
    const due = messages * subject.deliveriesPerMessage;
    const received = await this.#receiver.call("until", { delivered: due, limitMs: DRAIN_MS_MAX });
    const [elapsedMs, afterMs] = [performance.now() - startedAt, machineBusyMs()];
    if (received.delivered < due) throw new Error(`${subject.name} lost ${due - received.delivered} of ${due}`);
    const { totalMs, cpuUs } = cpuSince(before, pids, received.delivered);
    const othersCores = Math.max(0, (afterMs - busyMs - totalMs) / elapsedMs);
    this.#othersCores.push(othersCores);
    const seconds = (untilUs: number): number => (untilUs - published.startedAtUs) / 1_000_000;
    return {
      messages,
      publishedPerSecond: messages / seconds(published.endedAtUs),
      deliveredPerSecond: received.delivered / seconds(received.lastAtUs),
      failed: received.failed,
      valid: received.valid,
      latency: received.latency,
      answer: published.latency,
      cpuUs,
      memoryMiB: memory.stop(),
      othersCores,
    };
  }

  /** Publishes without waiting for deliveries; how many messages were taken. */
  async publish(load: Load): Promise<number> {
    const { messages, refused } = await this.#publisher.call("publish", load);
    if (refused > 0) throw new Error(`${refused} calls were refused`);
    return messages;
  }

  /** Runs a subject in before it is measured: V8 goes on compiling what is hot for some 50,000 messages. */
  async warmUp(
    subject: Subject,
    shape: Omit<LoadShape, "durationMs">,
    behaviour: Partial<Behaviour> = {},
  ): Promise<void> {
    await this.measure(subject, { ...shape, durationMs: this.options.durationMs * WARM_UP }, behaviour);
  }

  #watchMemory(subject: Subject): { stop: () => number } {
    let most = 0;
    const look = (): void => {
      const now = [...subject.pids.values()].reduce((sum, pid) => sum + memoryMiB(pid), 0);
      most = Math.max(most, now);
    };
    const timer = setInterval(look, MEMORY_EVERY_MS);
    return {
      stop: () => {
        clearInterval(timer);
        look();
        return most;
      },
    };
  }

  async #waitForQuiet(): Promise<void> {
    while (this.#quietMsLeft > 0) {
      const busyMs = machineBusyMs();
      await new Promise((resolve) => setTimeout(resolve, QUIET_PROBE_MS));
      if ((machineBusyMs() - busyMs) / QUIET_PROBE_MS < QUIET_CORES) return;
      this.#quietMsLeft -= QUIET_PROBE_MS;
    }
  }
}

function cpuOfAll(pids: ReadonlyMap<string, number>): Map<string, Cpu> {
  return new Map([...pids].map(([name, pid]) => [name, cpuOf(pid)]));
}

function cpuSince(
  before: ReadonlyMap<string, Cpu>,
  pids: ReadonlyMap<string, number>,
  deliveries: number,
): { totalMs: number; cpuUs: Map<string, number> } {
  const cpuUs = new Map<string, number>();
  let allMs = 0;
  for (const [name, { totalMs, threads }] of cpuOfAll(pids)) {
    const past = before.get(name);
    const usedMs = totalMs - (past?.totalMs ?? 0);
    allMs += usedMs;
    cpuUs.set(name, (usedMs * 1_000) / deliveries);
    for (const [thread, threadMs] of threads) {
      cpuUs.set(`${name}/${thread}`, ((threadMs - (past?.threads.get(thread) ?? 0)) * 1_000) / deliveries);
    }
  }
  return { totalMs: allMs, cpuUs };
}
