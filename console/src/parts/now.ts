/** The present time, as something that components can render by. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    // It has stood still since the last listener left, or since the page was drawn for the first time.
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** Epoch ms, to the second; the component renders again when `step` ms (default 1,000) have passed. */
export function useNow(step = 1_000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(present() / step) * step);
}

/** Without a listener nothing keeps the time up to date. */
function present(): number {
  if (timer === null) now = Date.now();
  return now;
}
