/** How smoothly a page runs: its frames, its long tasks and its memory, with the load of the machine beside them. */
import { loadavg } from "node:os";
import type { CDPSession, Page } from "playwright-core";

/** What the page counts for us, in constant memory; `startedAt` in its own ms. */
type Counted = { startedAt: number; frames: number; gapMaxMs: number; longTasks: number; longTaskMaxMs: number };

/**
 * Since the last look. `gapMaxMs`: the longest time without a frame; long tasks are those of more than 50 ms. `cpuMs`: what
 * the page's main thread took of a processor, which says how it would run on a machine of its own.
 */
export type Smoothness = Omit<Counted, "startedAt"> & { seconds: number; cpuMs: number };

/** Watches one page from its next frame on. */
export class FrameWatch {
  readonly #page: Page;
  readonly #devtools: CDPSession;
  #cpuMs = 0;

  private constructor(page: Page, devtools: CDPSession) {
    this.#page = page;
    this.#devtools = devtools;
  }

  static async on(page: Page): Promise<FrameWatch> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.evaluate(() => {
      const counted: Counted = {
        startedAt: performance.now(),
        frames: 0,
        gapMaxMs: 0,
        longTasks: 0,
        longTaskMaxMs: 0,
      };
      Object.assign(globalThis, { counted });
      let lastAt = performance.now();
      const frame = (at: number): void => {
        counted.frames += 1;
        counted.gapMaxMs = Math.max(counted.gapMaxMs, at - lastAt);
        lastAt = at;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          counted.longTasks += 1;
          counted.longTaskMaxMs = Math.max(counted.longTaskMaxMs, duration);
        }
      }).observe({ type: "longtask" });
    });
    return new FrameWatch(page, devtools);
  }

  /** What happened since the last look, and begins anew. */
  async look(): Promise<Smoothness> {
    const cpuMs = await this.#mainThreadMs();
    const counted = await this.#page.evaluate(() => {
      const { counted: own } = globalThis as unknown as { counted: Counted }; // set by `on`
      const { startedAt, ...rest } = own;
      const now = performance.now();
      Object.assign(own, { startedAt: now, frames: 0, gapMaxMs: 0, longTasks: 0, longTaskMaxMs: 0 });
      return { seconds: (now - startedAt) / 1_000, ...rest };
    });
    const before = this.#cpuMs;
    this.#cpuMs = cpuMs;
    return { ...counted, cpuMs: cpuMs - before };
  }

  async #mainThreadMs(): Promise<number> {
    const { metrics } = await this.#devtools.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1_000;
  }

  /** Of JavaScript, in bytes, after a collection. */
  async heapBytes(): Promise<number> {
    await this.#devtools.send("HeapProfiler.collectGarbage");
    return (await this.#devtools.send("Runtime.getHeapUsage")).usedSize;
  }

  /** Elements and texts that the page holds, those that are not shown included. */
  async nodes(): Promise<number> {
    await this.#devtools.send("HeapProfiler.collectGarbage");
    return (await this.#devtools.send("Memory.getDOMCounters")).nodes;
  }
}

/** In words, for a line of a report. */
export function smoothnessText({ seconds, frames, cpuMs, gapMaxMs, longTasks, longTaskMaxMs }: Smoothness): string {
  const rate = (frames / seconds).toFixed(1);
  const cpu = (cpuMs / Math.max(1, frames)).toFixed(1);
  const tasks = longTasks === 0 ? "no long task" : `${longTasks} long tasks, at most ${longTaskMaxMs.toFixed(0)} ms`;
  return `${rate} frames/s of ${cpu} ms CPU, at most ${gapMaxMs.toFixed(0)} ms between two, ${tasks}`;
}

/** The load of the machine over the last minute. */
export function loadText(): string {
  return `load ${loadavg()[0]?.toFixed(1) ?? "unknown"}`;
}
