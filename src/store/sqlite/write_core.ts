/**
 * The synchronous core of writing: runs a batch of operations in one transaction. When one of them throws, the whole batch
 * is rolled back and run again one by one, each in a transaction of its own, so that it rolls back nobody else; savepoints
 * would cost every batch for what never happens.
 */
import { IdMinter, idTime } from "../../ids.ts";
import type { Random } from "../../random.ts";
import type { SecretBox } from "../../secret_box.ts";
import type { Connection } from "./connection.ts";
import type { Outcome } from "./failure.ts";
import { failureOf } from "./failure.ts";
import { IdTime } from "../id_time.ts";
import type { Call, WriteMethod } from "./methods.ts";
import { runWrite } from "./methods.ts";
import { Transaction } from "./transaction.ts";

/** Operations that are committed together. `now` is their time, epoch ms. */
export type WriteBatch = { now: number; calls: readonly Call<WriteMethod>[] };

/** Runs batches on its connection. */
export class WriteCore {
  readonly #sql: Connection;
  readonly #secretBox: SecretBox;
  readonly #random: Random;
  readonly #idTime: IdTime;
  readonly #commitDelayMs: number;

  /** `commitDelayMs` sleeps after every commit: the slow disk of tests, 0 otherwise. */
  constructor(deps: { sql: Connection; secretBox: SecretBox; random: Random; commitDelayMs: number }) {
    this.#sql = deps.sql;
    this.#secretBox = deps.secretBox;
    this.#random = deps.random;
    this.#idTime = new IdTime(new IdMinter(deps.random), newestIdMs(deps.sql));
    this.#commitDelayMs = deps.commitDelayMs;
  }

  /** The outcomes in the order of the calls. What is `ok` is durable. Never throws. */
  run({ now, calls }: WriteBatch): Outcome[] {
    try {
      return this.#commit(now, calls).map((value) => ({ ok: true, value }));
    } catch (error) {
      const failure = failureOf(error);
      // The disk is at fault, or there is nobody else in the batch: running it again would change nothing.
      if (failure.kind === "unavailable" || calls.length === 1) return calls.map(() => ({ ok: false, failure }));
      return calls.flatMap((call) => this.run({ now, calls: [call] }));
    }
  }

  #commit(now: number, calls: readonly Call<WriteMethod>[]): unknown[] {
    const deps = { sql: this.#sql, now, secretBox: this.#secretBox, random: this.#random, idTime: this.#idTime };
    const values = this.#sql.transaction(() => {
      const tx = new Transaction(deps);
      const results = calls.map((call) => runWrite(tx, call));
      tx.flush();
      return results;
    });
    if (this.#commitDelayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.#commitDelayMs);
    return values;
  }
}

/** The newest message: by the primary key, backwards. */
const NEWEST_MESSAGE = `select id from messages order by no desc limit 1`;

function newestIdMs(sql: Connection): number {
  const newest = sql.get<{ id: string }>(NEWEST_MESSAGE);
  return newest === undefined ? 0 : idTime(newest.id);
}
