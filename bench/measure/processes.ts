/** What processes cost, from /proc: CPU time by process and thread, memory, and how busy the machine is with others. */
import { readFileSync, readdirSync } from "node:fs";

/** Of the kernel's clock by which it counts CPU time. */
const TICK_MS = 10;

/** CPU time so far, in ms; `threads` by name, those of one name summed up. */
export type Cpu = { totalMs: number; threads: ReadonlyMap<string, number> };

/** The CPU time of a process and of its threads that live. */
export function cpuOf(pid: number): Cpu {
  const threads = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const { name, cpuMs } = statOf(`/proc/${pid}/task/${thread}/stat`);
    threads.set(name, (threads.get(name) ?? 0) + cpuMs);
  }
  return { totalMs: statOf(`/proc/${pid}/stat`).cpuMs, threads };
}

/** The memory of a process that is in RAM, in MiB. */
export function memoryMiB(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib ?? 0) / 1_024;
}

/** CPU time that the whole machine has worked so far, in ms, of all processors together. */
export function machineBusyMs(): number {
  const [, user = "0", nice = "0", system = "0", , , irq = "0", softirq = "0"] = (
    readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? ""
  ).split(/\s+/);
  return [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
}

/** The name may hold spaces and brackets, so the fields are counted from its closing one. */
function statOf(path: string): { name: string; cpuMs: number } {
  const text = readFileSync(path, "utf8");
  const nameEnd = text.lastIndexOf(")");
  const fields = text.slice(nameEnd + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]); // utime and stime, the 14th and 15th of all
  return { name: text.slice(text.indexOf("(") + 1, nameEnd), cpuMs: ticks * TICK_MS };
}
