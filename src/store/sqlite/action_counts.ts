/** How many messages of each action were published, by hour; test messages are not counted. */
import { HOUR_MS } from "../../domain/stats_window.ts";
import type { ActionCount } from "../stats.ts";
import type { Connection } from "./connection.ts";
import type { ReadView } from "./transaction.ts";

type Published = { tenant: number; topic: string; action: string };

/** By the primary key; a count never shrinks, so the upsert's CHECK holds. */
const ADD_TO_HOUR = `
  insert into action_hours (tenant, hour, topic, action, count) values (?1, ?2, ?3, ?4, ?5)
  on conflict do update set count = count + excluded.count`;
/** By a range of the primary key: an hour has a row for each action at most. */
const COUNT_ACTIONS = `
  select topic, action, sum(count) as count from action_hours
  where tenant = ?1 and hour >= ?2 and hour < ?3 group by topic, action order by topic, action`;

/** The additions of one transaction, all in the hour of its time. */
export class ActionDeltas {
  readonly #hour: number;
  readonly #deltas = new Map<string, Published & { count: number }>();

  constructor(now: number) {
    this.#hour = Math.floor(now / HOUR_MS);
  }

  published({ tenant, topic, action }: Published): void {
    const name = `${tenant} ${topic} ${action}`; // names of topics have no spaces
    const known = this.#deltas.get(name);
    if (known === undefined) this.#deltas.set(name, { tenant, topic, action, count: 1 });
    else known.count += 1;
  }

  /** Writes what was added since the last flush. */
  flush(sql: Connection): void {
    for (const { tenant, topic, action, count } of this.#deltas.values()) {
      sql.run(ADD_TO_HOUR, tenant, this.#hour, topic, action, count);
    }
    this.#deltas.clear();
  }
}

/** See {@link StatsStore.countActions}. */
export function countActions(
  { sql }: ReadView,
  { tenant, from, to }: { tenant: number; from: number; to: number },
): ActionCount[] {
  const rows = sql.all<ActionCount>(COUNT_ACTIONS, tenant, from / HOUR_MS, to / HOUR_MS);
  return rows.map(({ topic, action, count }) => ({ topic, action, count }));
}
