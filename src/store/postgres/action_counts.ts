/** How many messages of each action were published, by hour; test messages are not counted. */
import { HOUR_MS } from "../../domain/stats_window.ts";
import type { ActionCount } from "../stats.ts";
import type { Connection } from "./connection.ts";
import type { ReadView } from "./transaction.ts";

type Published = { tenant: number; topic: string; action: string };

/** By the primary key, in its order. A count never shrinks, so the upsert's CHECK holds. */
const ADD_TO_HOURS = `
  insert into action_hours (tenant, hour, topic, action, slot, count)
  select tenant, $1::integer, topic, action, $2::smallint, count
  from unnest($3::integer[], $4::text[], $5::text[], $6::bigint[]) as u (tenant, topic, action, count)
  on conflict (tenant, hour, topic, action, slot) do update set count = action_hours.count + excluded.count`;
/** By a range of the primary key: an hour has a few rows for each action at most. */
const COUNT_ACTIONS = `
  select topic, action, sum(count)::bigint as count from action_hours
  where tenant = $1 and hour >= $2 and hour < $3 group by topic, action order by topic, action`;

/** The additions of one transaction, all in the hour of its time. */
export class ActionDeltas {
  readonly #hour: number;
  readonly #slot: number;
  readonly #deltas = new Map<string, Published & { count: number }>();

  constructor(place: { now: number; slot: number }) {
    this.#hour = Math.floor(place.now / HOUR_MS);
    this.#slot = place.slot;
  }

  published({ tenant, topic, action }: Published): void {
    const name = `${tenant} ${topic} ${action}`; // names of topics have no spaces
    const known = this.#deltas.get(name);
    if (known === undefined) this.#deltas.set(name, { tenant, topic, action, count: 1 });
    else known.count += 1;
  }

  /** Writes what was added since the last time. */
  flush(sql: Connection): Promise<unknown>[] {
    const rows = [...this.#deltas.values()].sort(inKeyOrder);
    this.#deltas.clear();
    if (rows.length === 0) return [];
    const keys = [rows.map((row) => row.tenant), rows.map((row) => row.topic), rows.map((row) => row.action)];
    const counts = rows.map((row) => row.count);
    return [sql.run(ADD_TO_HOURS, this.#hour, this.#slot, ...keys, counts)];
  }
}

function inKeyOrder(one: Published, other: Published): number {
  return one.tenant - other.tenant || compare(one.topic, other.topic) || compare(one.action, other.action);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** See {@link StatsStore.countActions}. */
export async function countActions(
  { sql }: ReadView,
  { tenant, from, to }: { tenant: number; from: number; to: number },
): Promise<ActionCount[]> {
  return await sql.all<ActionCount>(COUNT_ACTIONS, tenant, from / HOUR_MS, to / HOUR_MS);
}
