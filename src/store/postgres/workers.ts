/** Workers: a row for each, kept alive by its heartbeat. */
import type { WorkerId } from "../../ids.ts";
import type { Heartbeats } from "../delivery.ts";
import { releaseAllLanes } from "./lane_ownership.ts";
import { isAlive } from "./liveness.ts";
import type { ReadView, Transaction } from "./transaction.ts";

const REGISTER_WORKER = `
  insert into workers (id, role, host, pid, started_at, heartbeat_at, dead_after_ms, key_ids)
  values ($1, $2, $3, $4, $5, $5, $6, $7::text[])
  on conflict (id) do update set heartbeat_at = excluded.heartbeat_at, dead_at = null`;
const HEARTBEAT = `update workers w set heartbeat_at = $2 where w.id = $1 and ${isAlive()}`;
const HEARTBEATS = `
  select id as "workerId", heartbeat_at as "heartbeatAt", dead_after_ms as "deadAfterMs",
    heartbeat_at + dead_after_ms <= $1 as "isOverdue"
  from workers w where dead_after_ms is not null and ${isAlive()}`;
const REMOVE_WORKER = `delete from workers where id = $1`;

/** See {@link DeliveryStore.registerWorker}. Whoever has not got the key that seals is refused. */
export async function registerWorker(
  tx: Transaction,
  params: { workerId: WorkerId; role: string; host: string; pid: number; deadAfterMs?: number },
): Promise<void> {
  const { workerId, role, host, pid, deadAfterMs = null } = params;
  await tx.sealer(); // kept until the commit: a rotation that begins then finds this worker, with its keys
  await tx.sql.run(REGISTER_WORKER, workerId, role, host, pid, tx.now, deadAfterMs, tx.secretBox.keyIds);
}

/** See {@link DeliveryStore.heartbeat}. A worker that was silent for too long stays dead: others count on it. */
export async function heartbeat(tx: Transaction, params: { workerId: WorkerId }): Promise<boolean> {
  return (await tx.sql.run(HEARTBEAT, params.workerId, tx.now)) === 1;
}

/** See {@link DeliveryStore.heartbeats}. */
export async function heartbeats({ sql, now }: ReadView): Promise<Heartbeats> {
  return await sql.all<Heartbeats[number]>(HEARTBEATS, now);
}

/** See {@link DeliveryStore.removeWorker}. */
export async function removeWorker(tx: Transaction, params: { workerId: WorkerId }): Promise<void> {
  await releaseAllLanes(tx.sql, params.workerId);
  await tx.sql.run(REMOVE_WORKER, params.workerId);
  tx.leavesWork = true;
}
