/** The machine that was measured on, so that figures are read with it. */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "./quantiles.ts";

/** `fsyncMs`: the median time that the disk takes to make 4 KiB durable. */
export type Machine = {
  processors: number;
  model: string;
  memoryGiB: number;
  kernel: string;
  node: string;
  fsyncMs: number;
};

const SYNCS = 50;

/** Reads it, and tries the disk. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model.trim() ?? "",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    fsyncMs: fsyncMs(),
  };
}

function fsyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-bench-"));
  const file = openSync(join(folder, "probe"), "w");
  try {
    const page = Buffer.alloc(4_096, 1);
    const times = Array.from({ length: SYNCS }, () => {
      const startedAt = performance.now();
      writeSync(file, page);
      fsyncSync(file);
      return performance.now() - startedAt;
    });
    return median(times);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}
