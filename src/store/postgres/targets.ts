/**
 * Which webhooks take a message, and in what state their lanes are: read inside the publishing transaction, without locks.
 *
 * The race with a webhook that is disabled or deleted meanwhile: the publish comes before, as if it had been there first.
 * Events of a deleted webhook are failed by `failEventsOfDeletedWebhooks` whenever they come, since their lane says that
 * something waits; those that were handed over are ended by whoever settles or returns them.
 */
import type { WebhookId, WorkerId } from "../../ids.ts";
import type { PublishParams } from "../delivery.ts";
import { isAlive } from "./liveness.ts";
import type { Transaction } from "./transaction.ts";

/** An enabled webhook, as far as publishing needs it. */
export type Target = {
  webhookNo: number;
  webhookId: WebhookId;
  isDisabled: false;
  disabledTopics: readonly string[];
  disabledActions: readonly string[];
  /** The live worker that the lane belongs to; null when it is free. */
  owner: WorkerId | null;
  /** A lower bound of when something in the store is due, epoch ms. */
  nextDueAt: number | null;
};

type TargetRow = {
  tenant: number;
  no: number;
  id: WebhookId;
  is_disabled: boolean;
  disabled_topics: string;
  disabled_actions: string;
  owner_worker: WorkerId | null;
  next_due_at: number | null;
};

const TARGETS = `
  select w.tenant, w.no, w.id, w.is_disabled, w.disabled_topics, w.disabled_actions, l.next_due_at,
    (select o.id from workers o where o.id = l.owner_worker and ${isAlive("o")}) as owner_worker
  from webhooks w join lanes l on l.webhook_no = w.no`;
/** By webhooks_live, in order of creation. */
const READ_TARGETS = `
  ${TARGETS} where w.tenant = any($1::integer[]) and w.deleted_at is null and not w.is_disabled order by w.no`;
/** By the unique index on the id. */
const READ_TEST_TARGETS = `${TARGETS} where w.id = any($1::text[]) and w.deleted_at is null`;

/** The webhooks that one call goes to, before topics are looked at; or why it goes nowhere. */
export type CallTargets = readonly Target[] | { kind: "webhookGone" } | { kind: "webhookDisabled" };

/** The targets of several calls, in their order. */
export async function readTargets(tx: Transaction, calls: readonly PublishParams[]): Promise<CallTargets[]> {
  const tenants = [...new Set(calls.filter(({ test }) => test === null).map(({ tenant }) => tenant))];
  const tested = [...new Set(calls.flatMap(({ test }) => (test === null ? [] : [test.webhookId])))];
  const [rows, testRows] = await Promise.all([
    tenants.length === 0 ? [] : tx.sql.all<TargetRow>(READ_TARGETS, tenants),
    tested.length === 0 ? [] : tx.sql.all<TargetRow>(READ_TEST_TARGETS, tested),
  ]);
  const byTenant = new Map([...Map.groupBy(rows, ({ tenant }) => tenant)].map(([no, of]) => [no, of.map(targetOf)]));
  return calls.map(({ tenant, test }) => {
    if (test === null) return byTenant.get(tenant) ?? [];
    return testTarget(testRows.find((row) => row.id === test.webhookId && row.tenant === tenant));
  });
}

/** The one webhook of a test, which takes it whatever topics it has disabled. */
function testTarget(row: TargetRow | undefined): CallTargets {
  if (row === undefined) return { kind: "webhookGone" };
  if (row.is_disabled) return { kind: "webhookDisabled" };
  return [{ ...targetOf(row), disabledTopics: [], disabledActions: [] }];
}

function targetOf(row: TargetRow): Target {
  return {
    webhookNo: row.no,
    webhookId: row.id,
    isDisabled: false,
    disabledTopics: stringList(row.disabled_topics),
    disabledActions: stringList(row.disabled_actions),
    owner: row.owner_worker,
    nextDueAt: row.next_due_at,
  };
}

/** Nearly all webhooks disable nothing. */
function stringList(json: string): readonly string[] {
  return json === "[]" ? [] : (JSON.parse(json) as string[]); // written by us as a list of strings
}
