/** The synchronous core of reading: each call sees what was committed before it began. */
import type { SecretBox } from "../../secret_box.ts";
import type { Connection } from "./connection.ts";
import type { Outcome } from "./failure.ts";
import { failureOf } from "./failure.ts";
import type { Call, ReadMethod } from "./methods.ts";
import { runRead } from "./methods.ts";

/** Reads to be done one after another. `now` is their time, epoch ms. */
export type ReadBatch = { now: number; calls: readonly Call<ReadMethod>[] };

/** Runs reads on its connection. */
export class ReadCore {
  readonly #sql: Connection;
  readonly #secretBox: SecretBox;

  constructor(deps: { sql: Connection; secretBox: SecretBox }) {
    this.#sql = deps.sql;
    this.#secretBox = deps.secretBox;
  }

  /** The outcomes in the order of the calls. Never throws. */
  run({ now, calls }: ReadBatch): Outcome[] {
    return calls.map((call) => this.#read(now, call));
  }

  /** A list is several statements: the transaction shows all of them the same state. */
  #read(now: number, call: Call<ReadMethod>): Outcome {
    try {
      this.#sql.exec("begin");
      const value = runRead({ sql: this.#sql, now, secretBox: this.#secretBox }, call);
      this.#sql.exec("commit");
      return { ok: true, value };
    } catch (error) {
      this.#sql.rollback();
      return { ok: false, failure: failureOf(error) };
    }
  }
}
