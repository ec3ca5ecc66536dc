/** What the benchmark finds: a figure of a subject for each round, and its ratio to a reference of the same rounds. */
import { median } from "./quantiles.ts";

/** One figure. Ratios are taken round by round, so that what changes on the machine meanwhile changes both. */
export type Figure = {
  /** What was measured, such as `sqlite`. */
  subject: string;
  /** Such as `delivered`. */
  name: string;
  unit: string;
  median: number;
  rounds: readonly number[];
  /** The subject of the reference, and the median of the rounds' ratios to it; null without one. */
  reference: string | null;
  ratio: number | null;
};

/** Collects the rounds of one scenario. */
export class Figures {
  readonly #rounds = new Map<string, { subject: string; name: string; unit: string; values: number[] }>();

  /** Adds the value of a round. Every figure of a subject gets one a round. */
  add(subject: string, name: string, unit: string, value: number): void {
    const key = `${subject} ${name}`;
    const known = this.#rounds.get(key);
    if (known === undefined) this.#rounds.set(key, { subject, name, unit, values: [value] });
    else known.values.push(value);
  }

  /** The figures, those of `compared` with their ratio to the same figure of the reference. */
  take(compare: { reference: string; names: readonly string[] } | null): Figure[] {
    return [...this.#rounds.values()].map(({ subject, name, unit, values }) => {
      const isCompared = compare !== null && subject !== compare.reference && compare.names.includes(name);
      const reference = isCompared ? this.#rounds.get(`${compare.reference} ${name}`)?.values : undefined;
      const ratios = reference === undefined ? [] : values.map((value, at) => value / (reference[at] ?? Number.NaN));
      return {
        subject,
        name,
        unit,
        median: rounded(median(values)),
        rounds: values.map(rounded),
        reference: reference === undefined ? null : (compare?.reference ?? null),
        ratio: ratios.length === 0 ? null : rounded(median(ratios)),
      };
    });
  }
}

/** Four digits are more than any of it is good for. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
