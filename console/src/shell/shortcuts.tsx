/**
 * Keyboard shortcuts: single keys and sequences such as `g w`. They are off while somebody types, and can be switched off
 * altogether (WCAG 2.1.4); combinations with ⌘ or Ctrl stay. What is registered is what the sheet lists.
 */
import type { ReactNode } from "react";
import { createContext, use, useEffect, useState, useSyncExternalStore } from "react";
import { useStableCallback } from "../parts/stable_callback.ts";

type Shortcut = { keys: string; description: string; isGlobal: boolean; run: () => void };

const STORAGE_KEY = "ignisign-shortcuts";
/** How long a sequence may take between its keys, in ms. */
const SEQUENCE_MS = 1_200;

/** What is registered now. */
export class ShortcutRegistry {
  #shortcuts: readonly Shortcut[] = [];
  readonly #listeners = new Set<() => void>();
  #pending = "";
  #pendingAt = 0;
  /** Counts changes, so that React sees them. */
  #version = 0;
  #isEnabled = localStorage.getItem(STORAGE_KEY) !== "off";

  /** The newest registration of the same keys wins; returns how to take it back. */
  register(shortcut: Shortcut): () => void {
    this.#shortcuts = [...this.#shortcuts, shortcut];
    this.#tell();
    return () => {
      this.#shortcuts = this.#shortcuts.filter((other) => other !== shortcut);
      this.#tell();
    };
  }

  list(): readonly Shortcut[] {
    return this.#shortcuts;
  }

  version(): number {
    return this.#version;
  }

  isEnabled(): boolean {
    return this.#isEnabled;
  }

  setEnabled(isEnabled: boolean): void {
    this.#isEnabled = isEnabled;
    localStorage.setItem(STORAGE_KEY, isEnabled ? "on" : "off");
    this.#tell();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyOf(event);
    const isCombination = event.metaKey || event.ctrlKey || event.altKey;
    if (!isCombination && (!this.#isEnabled || isTyping(event.target))) return;
    if (key === "Space" && isPressable(event.target)) return;
    const isInSequence = this.#pending !== "" && event.timeStamp - this.#pendingAt < SEQUENCE_MS;
    const sequence = isInSequence ? `${this.#pending} ${key}` : key;
    const found = this.#find(sequence) ?? this.#find(key);
    this.#pending = "";
    if (found !== undefined) {
      event.preventDefault();
      found.run();
    } else if (this.#shortcuts.some(({ keys }) => keys.startsWith(`${key} `))) {
      this.#pending = key;
      this.#pendingAt = event.timeStamp;
    }
  }

  #find(keys: string): Shortcut | undefined {
    return this.#shortcuts.findLast((shortcut) => shortcut.keys === keys);
  }

  #tell(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

const Registry = createContext<ShortcutRegistry | null>(null);

/** Listens to the keyboard for everything inside it. */
export function ShortcutProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new ShortcutRegistry());
  useEffect(() => {
    const press = (event: KeyboardEvent): void => registry.press(event);
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [registry]);
  return <Registry value={registry}>{children}</Registry>;
}

/** The registry of the provider. */
export function useShortcuts(): ShortcutRegistry {
  const registry = use(Registry);
  if (registry === null) throw new Error("shortcuts are used outside their provider");
  useSyncExternalStore(
    (listener) => registry.subscribe(listener),
    () => registry.version(),
  );
  return registry;
}

/**
 * Registers a shortcut while the component is shown. `keys`: a key (`r`, `?`, `Space`), a sequence (`g w`) or a combination
 * (`mod+k`, with mod for ⌘ or Ctrl). `run` may change at every render. A disabled one is not registered.
 */
export function useShortcut(
  keys: string,
  description: string,
  run: () => void,
  { isGlobal = false, isEnabled = true }: { isGlobal?: boolean; isEnabled?: boolean } = {},
): void {
  const registry = use(Registry);
  const stableRun = useStableCallback(run);
  useEffect(() => {
    if (registry === null || !isEnabled) return undefined;
    return registry.register({ keys, description, isGlobal, run: stableRun });
  }, [registry, keys, description, isGlobal, isEnabled, stableRun]);
}

function keyOf({ key, metaKey, ctrlKey }: KeyboardEvent): string {
  if (metaKey || ctrlKey) return `mod+${key.toLowerCase()}`;
  return key === " " ? "Space" : key;
}

/** Whether the space bar presses what the focus is on. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, summary, input, [role=button], [role=tab]") !== null;
}

/** Whether keys mean text now: in a field, in an editor, or while a dialog or menu is open over the page. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const field =
    "input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable=true], [role=menu], [role=listbox]";
  return target.closest(field) !== null || target.closest('[role="dialog"]:not([data-shortcuts])') !== null;
}
