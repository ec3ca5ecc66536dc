/**
 * A lane belongs to one live worker at a time, which alone leases its events: so a webhook's concurrency, rate and breaker
 * hold for the whole installation. A worker takes a lane that belongs to nobody, or to a dead worker, with its first claim
 * or hand-over, and gives it back when it is idle. The row of the lane decides between two that want it at the same time.
 */
import type { WebhookId, WorkerId } from "../../ids.ts";
import type { DueLane, LaneShares } from "../delivery.ts";
import type { Connection } from "./connection.ts";
import { isAlive } from "./liveness.ts";
import type { Transaction } from "./transaction.ts";

/** A lane belongs to nobody, or to a worker that is dead. */
export const IS_UNOWNED = `(l.owner_worker is null or not exists (
    select 1 from workers w where w.id = l.owner_worker and ${isAlive()}))`;

/** By the primary key, in the order of locks. */
const LOCK_LANES = `
  select webhook_no from lanes where webhook_no = any($1::integer[]) order by webhook_no for no key update`;
/** Behind the locks, with workers as they are by then: one that has just begun may own the lane. */
const TAKE_LANES = `
  update lanes l set owner_worker = u.worker
  from unnest($1::integer[], $2::text[]) as u (webhook_no, worker)
  where l.webhook_no = u.webhook_no and ${IS_UNOWNED} and exists (select 1 from workers w where w.id = u.worker)
  returning l.webhook_no`;

/** Gives lanes to workers that want them, as far as they are free; the numbers of those that were given. */
export async function takeLanes(
  tx: Transaction,
  wanted: readonly { webhookNo: number; workerId: WorkerId }[],
): Promise<Set<number>> {
  if (wanted.length === 0) return new Set();
  const [numbers, workers] = [wanted.map(({ webhookNo }) => webhookNo), wanted.map(({ workerId }) => workerId)];
  await tx.sql.run(LOCK_LANES, numbers);
  const rows = await tx.sql.all<{ webhook_no: number }>(TAKE_LANES, numbers, workers);
  return new Set(rows.map((row) => row.webhook_no));
}

const RELEASE_LANES = `
  with held as (
    select l.webhook_no from lanes l join webhooks w on w.no = l.webhook_no
    where w.id = any($1::text[]) and l.owner_worker = $2 order by l.webhook_no for no key update of l
  )
  update lanes l set owner_worker = null from held where l.webhook_no = held.webhook_no`;

/** See {@link DeliveryStore.releaseLanes}. */
export async function releaseLanes(
  tx: Transaction,
  params: { workerId: WorkerId; lanes: readonly DueLane[] },
): Promise<void> {
  const webhookIds: WebhookId[] = params.lanes.map(({ webhookId }) => webhookId);
  if ((await tx.sql.run(RELEASE_LANES, webhookIds, params.workerId)) > 0) tx.leavesWork = true;
}

/** Who was silent for longer takes no lanes now, dead or not. */
const SILENT_MS_MAX = 10_000;
/** By lanes_owned. */
const LANE_SHARES = `
  select (select count(*) from lanes where owner_worker = $1) as own,
    (select count(*) from lanes where owner_worker is not null) as all,
    (select count(*) from workers w
      where w.role <> 'api' and w.heartbeat_at > $2::bigint - ${SILENT_MS_MAX} and ${isAlive()}) as workers`;

/** See {@link DeliveryStore.laneShares}. */
export async function laneShares(
  { sql, now }: { sql: Connection; now: number },
  { workerId }: { workerId: WorkerId },
): Promise<LaneShares> {
  const shares = await sql.get<LaneShares>(LANE_SHARES, workerId, now);
  return shares ?? { own: 0, all: 0, workers: 0 };
}

const RELEASE_ALL_LANES = `
  with held as (select webhook_no from lanes where owner_worker = $1 order by webhook_no for no key update)
  update lanes l set owner_worker = null from held where l.webhook_no = held.webhook_no`;

/** For the end of a worker. By lanes_owned. */
export async function releaseAllLanes(sql: Connection, workerId: string): Promise<void> {
  await sql.run(RELEASE_ALL_LANES, workerId);
}
