/**
 * One write transaction: what all operations of a batch share. Counters, statistics, lanes, changes and the audit log are
 * summed up in memory and written once, before the commit; whatever reads those tables inside the transaction calls `flush`
 * first.
 */
import type { IdMinter } from "../../ids.ts";
import type { Random } from "../../random.ts";
import type { Sealer, SecretBox } from "../../secret_box.ts";
import type { IdTime } from "../id_time.ts";
import { StoreUnavailable } from "../store.ts";
import { ActionDeltas } from "./action_counts.ts";
import { AuditEntries } from "./audit.ts";
import { ChangeNotes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { CounterDeltas } from "./counters.ts";
import { JobOutcomes } from "./job_outcomes.ts";
import { Lanes } from "./lanes.ts";
import type { Lease } from "./leases.ts";
import { sharedSealingKey } from "./master_key.ts";
import { MinuteDeltas } from "./minute_stats.ts";

/** What a read needs; a write transaction has it too. */
export type ReadView = { sql: Connection; now: number; secretBox: SecretBox };

type MintKind = Parameters<IdMinter["mint"]>[0];

/** What the operations of one batch work on. */
export class Transaction implements ReadView {
  readonly sql: Connection;
  /** The time of every operation of the batch, epoch ms. */
  readonly now: number;
  /** For opening. */
  readonly secretBox: SecretBox;
  /** For new keys. */
  readonly random: Random;
  readonly counters: CounterDeltas;
  readonly minutes: MinuteDeltas;
  readonly actions: ActionDeltas;
  readonly lanes: Lanes;
  readonly jobOutcomes = new JobOutcomes();
  readonly audit = new AuditEntries();
  readonly changes = new ChangeNotes();
  /** Leases that it gives: if nobody learns whether it was committed, nobody works on them. */
  readonly leases: Lease[] = [];
  /** Whether somebody else may be waiting for what it does: something due that nobody has leased, or a change. */
  leavesWork = false;
  readonly #idTime: IdTime;
  #sealer: Promise<Sealer> | null = null;

  /** `slot` is that of this process in the counters. */
  constructor(deps: ReadView & { random: Random; idTime: IdTime; slot: number }) {
    const { sql, now, slot } = deps;
    this.sql = sql;
    this.now = now;
    this.secretBox = deps.secretBox;
    this.random = deps.random;
    this.#idTime = deps.idTime;
    this.counters = new CounterDeltas(slot);
    this.minutes = new MinuteDeltas({ now, slot });
    this.actions = new ActionDeltas({ now, slot });
    this.lanes = new Lanes(sql);
  }

  /** Seals under the key that the database asks for, which stays the same until the commit. */
  sealer(): Promise<Sealer> {
    return (this.#sealer ??= this.#findSealer());
  }

  async #findSealer(): Promise<Sealer> {
    const keyId = await sharedSealingKey(this.sql);
    if (this.secretBox.has(keyId)) return this.secretBox.sealer(keyId);
    throw new StoreUnavailable(
      `the master key is being changed to ${keyId}, which this process has not got: restart it with MASTER_KEY set to the ` +
        `new one and MASTER_KEY_PREVIOUS to the old one`,
    );
  }

  /** A new id and the millisecond it carries, which never goes back. */
  mint<Kind extends MintKind>(kind: Kind): { id: ReturnType<typeof IdMinter.prototype.mint<Kind>>; at: number } {
    const at = this.#idTime.next(this.now);
    return { id: this.#idTime.minter.mint(kind, at), at };
  }

  /** Writes what was only summed up so far. */
  async flush(): Promise<void> {
    await this.prepareEnd();
    await Promise.all(this.end());
  }

  /** What must be known before {@link end}. */
  async prepareEnd(): Promise<void> {
    if (this.minutes.mustOpen) await this.minutes.open(this.sql);
    if (!this.audit.isEmpty) {
      await Promise.all([...this.lanes.flush(), ...this.jobOutcomes.flush(this.sql, this.now)]); // locked before tenants
      await this.audit.flush(this.sql);
    }
  }

  /** Writes the rest; none of these statements needs to know the rows of another. */
  end(): Promise<unknown>[] {
    if (!this.changes.isEmpty) this.leavesWork = true;
    return [
      ...this.lanes.flush(),
      ...this.jobOutcomes.flush(this.sql, this.now),
      ...this.counters.flush(this.sql),
      ...this.minutes.flush(this.sql),
      ...this.actions.flush(this.sql),
      ...this.changes.flush(this.sql, this.now),
    ];
  }
}
