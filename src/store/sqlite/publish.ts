/**
 * Publishing: a message with one PENDING event for each webhook that takes it. Events handed over to a worker are born
 * leased, with attempt number 1, so the happy path touches neither lanes nor the index of due events.
 */
import type { Trigger } from "../../domain/values.ts";
import { takes } from "../../domain/webhook.ts";
import type { EventId, MessageId } from "../../ids.ts";
import { eventIdOf, idDay } from "../../ids.ts";
import type { NewMessage, PublishParams, PublishResult, PublishedEvent, PublishedMessage } from "../delivery.ts";
import { triggeredBy } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { earlierPublish, saveIdempotencyKey } from "./idempotency.ts";
import type { Target } from "./targets.ts";
import type { Transaction } from "./transaction.ts";

/** So many events may result from one call. */
const RESULTING_EVENTS_MAX = 10_000;

const INSERT_MESSAGE = `
  insert into messages (tenant, day, id, topic, action, msg_nature, is_test, idempotency_key, trace_parent,
    search_values, content_bytes, created_at, error, content)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`;
const INSERT_EVENT = `
  insert into events (tenant, day, id, webhook_no, topic, action, is_test, status, next_attempt_at, attempt_count,
    next_trigger, next_triggered_by, lease_worker, leased_at, created_at, updated_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'PENDING', ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)`;

/** See {@link DeliveryStore.publish}. */
export function publish(tx: Transaction, params: PublishParams): PublishResult {
  const earlier = earlierPublish(tx, params);
  if (earlier !== null) return earlier;
  const targets =
    params.test === null ? tx.targets.of(params.tenant) : testTarget(tx, params.tenant, params.test.webhookId);
  if ("kind" in targets) return targets;
  const takers = params.messages.map((message) =>
    params.test === null ? targets.filter((t) => takes(t, message)) : targets,
  );
  const count = takers.reduce((sum, list) => sum + list.length, 0);
  if (count > RESULTING_EVENTS_MAX) return { kind: "tooManyEvents", count };
  const messages = params.messages.map((message, at) => insertMessage(tx, params, message, takers[at] ?? []));
  if (params.test !== null) auditTest(tx, params.tenant, params.test, messages);
  saveIdempotencyKey(
    tx,
    params,
    messages.map((message) => message.id),
  );
  return { kind: "created", messages };
}

type TestTargetRow = { no: number; id: Target["webhookId"]; is_disabled: number };

/** By the unique index on the id. */
const FIND_TEST_TARGET = `select no, id, is_disabled from webhooks where id = ?1 and tenant = ?2 and deleted_at is null`;

/** The one webhook of a test, which takes it whatever topics it has disabled. */
function testTarget(
  tx: Transaction,
  tenant: number,
  webhookId: Target["webhookId"],
): Target[] | { kind: "webhookGone" } | { kind: "webhookDisabled" } {
  const row = tx.sql.get<TestTargetRow>(FIND_TEST_TARGET, webhookId, tenant);
  if (row === undefined) return { kind: "webhookGone" };
  if (row.is_disabled === 1) return { kind: "webhookDisabled" };
  return [{ webhookNo: row.no, webhookId: row.id, isDisabled: false, disabledTopics: [], disabledActions: [] }];
}

function insertMessage(
  tx: Transaction,
  params: PublishParams,
  message: NewMessage,
  takers: readonly Target[],
): PublishedMessage {
  const { tenant, idempotency, test } = params;
  const { id, at } = tx.mint("msg");
  const { topic, action, msgNature, content, error, searchValues, traceParent } = message;
  const idempotencyKey = idempotency?.key ?? null;
  const kind = [topic, action, msgNature, test === null ? 0 : 1];
  const kept = [JSON.stringify(searchValues), Buffer.byteLength(content), at, error, content];
  tx.sql.run(INSERT_MESSAGE, tenant, idDay(id), id, ...kind, idempotencyKey, traceParent, ...kept);
  if (test === null) tx.actions.published({ tenant, topic, action });
  const born = { tenant, messageId: id, at, topic, action, isTest: test !== null };
  return { id, createdAt: at, events: takers.map((target) => insertEvent(tx, params, born, target)) };
}

/** Messages of the platform are their own record; what a person sends by hand is told of. */
function auditTest(
  tx: Transaction,
  tenant: number,
  { webhookId, actor }: NonNullable<PublishParams["test"]>,
  messages: readonly PublishedMessage[],
): void {
  const events = messages.flatMap((message) => message.events.map(({ id }) => id));
  const target = { kind: "webhook", id: webhookId } as const;
  writeAudit(tx, { tenant, actor, action: "webhook.test", target, before: null, after: { events } });
}

type Birth = { tenant: number; messageId: MessageId; at: number; topic: string; action: string; isTest: boolean };

function insertEvent(tx: Transaction, params: PublishParams, born: Birth, target: Target): PublishedEvent {
  const { lease, test } = params;
  const { tenant, topic, action, isTest } = born;
  const { webhookNo, webhookId } = target;
  const id: EventId = eventIdOf(born.messageId, webhookNo);
  const worker = lease === null || lease.exceptWebhookIds.includes(webhookId) ? null : lease.workerId;
  const trigger: Trigger = test === null ? "AUTO" : "TEST";
  const what = [webhookNo, topic, action, isTest ? 1 : 0];
  const next = [tx.now, worker === null ? 0 : 1, trigger, test === null ? null : triggeredBy(test.actor)];
  const leased = [worker, worker === null ? null : tx.now];
  tx.sql.run(INSERT_EVENT, tenant, idDay(id), id, ...what, ...next, ...leased, born.at);
  tx.counters.add({ tenant, webhookNo, isTest, status: "PENDING" }, 1);
  if (!isTest) tx.minutes.created({ tenant, webhookNo });
  if (worker === null) tx.lanes.waits(webhookNo, tx.now);
  return { id, webhookId, status: "PENDING", isLeased: worker !== null, isElsewhere: false };
}
