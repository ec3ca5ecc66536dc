/** The command line of the benchmark. */
import { parseArgs } from "node:util";

/** What is run, how often, and where the results go. */
export type Options = {
  /** Names of scenarios; null: all that are not large. */
  only: readonly string[] | null;
  isLarge: boolean;
  /** How often each subject is measured, in turn with the others. */
  rounds: number;
  /** How long a load lasts. */
  durationMs: number;
  /** Which databases. */
  stores: readonly string[];
  /** So long it is waited, in all, for other processes to leave the machine alone. */
  quietMs: number;
  /** Where the results are written, and read first so that what is not run now stays. */
  out: string;
  /** Of the large history, in events. */
  historyEvents: number;
  /** Of the large backlog, in events. */
  backlogEvents: number;
};

/** What `--help` prints. */
export const USAGE = `npm run bench -- [options]
  --only=rate,latency   these scenarios alone
  --large               the large ones too: a million waiting, ten million in the history
  --rounds=5            how often each is measured, in turn
  --seconds=5           how long each load lasts
  --quick               one short round, to see that everything runs
  --stores=sqlite       without PostgreSQL (default: sqlite,postgres)
  --quiet=600           wait up to so many seconds for other processes to calm down
  --history=10000000    events in the large history
  --backlog=1000000     events in the large backlog
  --out=file            where the results go (default: bench/results/latest.json), with a chart beside them`;

/** Throws what `parseArgs` says of unknown options. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      large: { type: "boolean", default: false },
      rounds: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      stores: { type: "string", default: "sqlite,postgres" },
      quiet: { type: "string", default: "0" },
      history: { type: "string", default: "10000000" },
      backlog: { type: "string", default: "1000000" },
      out: { type: "string", default: "bench/results/latest.json" },
    },
  });
  return {
    only: values.only?.split(",") ?? null,
    isLarge: values.large,
    rounds: Number(values.rounds ?? (values.quick ? 1 : 5)),
    durationMs: Number(values.seconds ?? (values.quick ? 1 : 5)) * 1_000,
    stores: values.stores.split(","),
    quietMs: Number(values.quiet) * 1_000,
    out: values.out,
    historyEvents: Number(values.history),
    backlogEvents: Number(values.backlog),
  };
}
