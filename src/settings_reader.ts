/**
 * Reads settings one by one and gathers every fault, so that a wrong configuration is told in one message. Each fault
 * names the setting, its value (never that of a secret), what is expected and what to do.
 */
import { formatDuration, parseDurationMs } from "./duration.ts";

/** The environment as Node gives it. An empty value counts as unset, except where a setting says otherwise. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All that is wrong with the configuration, in one message. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${bullets(faults)}`);
    this.faults = faults;
  }
}

/** What may stand in a setting: `parse` gives undefined for a faulty value; `expected` completes "expected …". */
export type Reading<Value> = {
  parse: (text: string) => Value | undefined;
  expected: string;
  fallback: Value;
  /** What unsetting it does: completes "Unset it to …". */
  unset: string;
};

/** Reads the settings of one environment. */
export class SettingsReader {
  readonly faults: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The raw text, or null when unset or empty. */
  text(name: string): string | null {
    const text = this.#environment[name]?.trim();
    return text === undefined || text === "" ? null : text;
  }

  /** Whether the setting is there, even if it is empty. */
  isSet(name: string): boolean {
    return this.#environment[name] !== undefined;
  }

  /** The parsed value; the fallback when unset; and the fallback with a fault noted when it is wrong. */
  read<Value>(name: string, reading: Reading<Value>): Value {
    const text = this.text(name);
    if (text === null) return reading.fallback;
    const value = reading.parse(text);
    if (value !== undefined) return value;
    this.fault(name, `is \`${text}\`; expected ${reading.expected}. Unset it to ${reading.unset}.`);
    return reading.fallback;
  }

  /** A duration with a unit, within bounds in ms. */
  duration(name: string, bounds: { fallbackMs: number; minMs: number; maxMs: number }): number {
    const { fallbackMs, minMs, maxMs } = bounds;
    return this.read(name, {
      parse: (text) => {
        const durationMs = parseDurationMs(text);
        return durationMs !== null && durationMs >= minMs && durationMs <= maxMs ? durationMs : undefined;
      },
      expected: `a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}, such as ${formatDuration(fallbackMs)}`,
      fallback: fallbackMs,
      unset: `use ${formatDuration(fallbackMs)}`,
    });
  }

  /** One of a closed set. */
  choice<Value extends string>(name: string, choice: { values: readonly Value[]; fallback: Value }): Value {
    return this.read(name, {
      parse: (text) => choice.values.find((value) => value === text),
      expected: `one of ${choice.values.join(", ")}`,
      fallback: choice.fallback,
      unset: `use ${choice.fallback}`,
    });
  }

  /** Notes what is wrong with a setting; `rest` begins with a verb. */
  fault(name: string, rest: string): void {
    this.faults.push(`${name} ${rest}`);
  }
}

function bullets(faults: readonly string[]): string {
  return faults.map((fault) => `  - ${fault.replaceAll("\n", "\n    ")}`).join("\n");
}
