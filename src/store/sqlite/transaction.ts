/**
 * One write transaction: what all operations of a batch share. Counters, statistics and lanes are summed up in memory and
 * written once, before the commit; whatever reads those tables inside the transaction calls `flush` first.
 */
import type { IdMinter } from "../../ids.ts";
import type { Random } from "../../random.ts";
import type { Sealer, SecretBox } from "../../secret_box.ts";
import { ActionDeltas } from "./action_counts.ts";
import type { Connection } from "./connection.ts";
import { CounterDeltas } from "./counters.ts";
import type { IdTime } from "../id_time.ts";
import { Lanes } from "./lanes.ts";
import { masterKeys } from "./master_key.ts";
import { MinuteDeltas } from "./minute_stats.ts";
import { Targets } from "./targets.ts";

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
  readonly counters = new CounterDeltas();
  readonly minutes: MinuteDeltas;
  readonly actions: ActionDeltas;
  readonly lanes: Lanes;
  readonly targets: Targets;
  readonly #idTime: IdTime;

  constructor(deps: ReadView & { random: Random; idTime: IdTime }) {
    this.sql = deps.sql;
    this.now = deps.now;
    this.secretBox = deps.secretBox;
    this.random = deps.random;
    this.#idTime = deps.idTime;
    this.minutes = new MinuteDeltas(deps.now);
    this.actions = new ActionDeltas(deps.now);
    this.lanes = new Lanes(deps.sql);
    this.targets = new Targets(deps.sql);
  }

  /** Seals under the key that the database asks for now. */
  sealer(): Sealer {
    return this.secretBox.sealer(masterKeys(this).sealingKeyId);
  }

  /** A new id and the millisecond it carries, which never goes back. */
  mint<Kind extends MintKind>(kind: Kind): { id: ReturnType<typeof IdMinter.prototype.mint<Kind>>; at: number } {
    const at = this.#idTime.next(this.now);
    return { id: this.#idTime.minter.mint(kind, at), at };
  }

  /** Writes what was only summed up so far. */
  flush(): void {
    this.counters.flush(this.sql);
    this.minutes.flush(this.sql);
    this.actions.flush(this.sql);
    this.lanes.flush();
  }
}
