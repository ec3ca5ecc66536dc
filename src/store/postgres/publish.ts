/**
 * Publishing: a message with one PENDING event for each webhook that takes it; many calls in one transaction. Events handed
 * over to a worker are born leased, with attempt number 1, so the happy path touches neither lanes nor the index of due
 * events: it takes two round trips and the commit, whatever the number of calls.
 *
 * An event is handed over when its lane belongs to the worker, or to nobody, and nothing of it is due in the store: first
 * attempts start in the order of publishes. Whatever is not makes its lane due, under a lock that lanes.ts tells of.
 */
import { assert } from "../../assert.ts";
import { takes } from "../../domain/webhook.ts";
import type { MessageId, WorkerId } from "../../ids.ts";
import { eventIdOf, idDay } from "../../ids.ts";
import type { NewMessage, PublishParams, PublishResult, PublishedMessage } from "../delivery.ts";
import { triggeredBy } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { findKeys, keyName, repeatedAnswer, saveKeys } from "./idempotency.ts";
import { takeLanes } from "./lane_ownership.ts";
import type { NewEvent } from "./new_events.ts";
import { insertEvents, insertMessages, makeLanesDue } from "./new_events.ts";
import { entriesOf, indexMessages } from "./search_index.ts";
import type { CallTargets, Target } from "./targets.ts";
import { readTargets } from "./targets.ts";
import type { Transaction } from "./transaction.ts";

/** So many events may result from one call. */
const RESULTING_EVENTS_MAX = 10_000;

/** A message that a call makes, with the webhooks that take it. */
type Birth = { id: MessageId; at: number; source: NewMessage; takers: readonly Target[] };
/** What becomes of a call: messages, or an answer that stores nothing. */
type Plan = { call: PublishParams; births: Birth[] | null; answer: PublishResult | null };
/** The lanes that may be handed over to, with the worker that owns each by now. */
type Owners = ReadonlyMap<number, WorkerId>;

/** See {@link DeliveryStore.publish}: that of several calls, in their order. */
export async function publish(tx: Transaction, calls: readonly PublishParams[]): Promise<PublishResult[]> {
  const keyed = calls.flatMap(({ tenant, idempotency }) => (idempotency === null ? [] : [{ tenant, idempotency }]));
  const [targets, known] = await Promise.all([readTargets(tx, calls), findKeys(tx, keyed), tx.minutes.open(tx.sql)]);
  const plans = calls.map((call, at) => plan(tx, call, targets[at] ?? []));
  answerRepeats(plans, known);
  await keepKeys(tx, plans);
  const owners = await ownersFor(tx, plans);
  return await insert(tx, plans, owners);
}

function plan(tx: Transaction, call: PublishParams, targets: CallTargets): Plan {
  if ("kind" in targets) return { call, births: null, answer: targets };
  const takers = call.messages.map((message) =>
    call.test === null ? targets.filter((target) => takes(target, message)) : targets,
  );
  const count = takers.reduce((sum, list) => sum + list.length, 0);
  if (count > RESULTING_EVENTS_MAX) return { call, births: null, answer: { kind: "tooManyEvents", count } };
  const births = call.messages.map((source, at) => ({ ...tx.mint("msg"), source, takers: takers[at] ?? [] }));
  return { call, births, answer: null };
}

/** Answers what repeats an earlier call, whether that was committed or is one of these. */
function answerRepeats(plans: readonly Plan[], known: Parameters<typeof repeatAs>[1]): void {
  const made = new Map(known);
  for (const one of plans) {
    const { tenant, idempotency } = one.call;
    if (idempotency === null) continue;
    repeatAs(one, made);
    if (one.births === null) continue;
    const messageIds = one.births.map(({ id }) => id);
    made.set(keyName(tenant, idempotency), { bodyHash: idempotency.bodyHash, messageIds });
  }
}

function repeatAs(one: Plan, known: Awaited<ReturnType<typeof findKeys>>): void {
  const { tenant, idempotency } = one.call;
  const earlier = idempotency === null ? undefined : known.get(keyName(tenant, idempotency));
  if (idempotency === null || earlier === undefined) return;
  one.births = null;
  one.answer = repeatedAnswer(idempotency, earlier);
}

/** Keeps the keys of what is made. What another process has made meanwhile is answered with its messages. */
async function keepKeys(tx: Transaction, plans: readonly Plan[]): Promise<void> {
  const making = plans.flatMap(({ call: { tenant, idempotency }, births }) =>
    idempotency === null || births === null ? [] : [{ tenant, idempotency, messageIds: births.map(({ id }) => id) }],
  );
  const ours = await saveKeys(tx, making);
  const lost = making.filter(({ tenant, idempotency }) => !ours.has(keyName(tenant, idempotency)));
  if (lost.length === 0) return;
  const known = await findKeys(tx, lost);
  const names = new Set(lost.map(({ tenant, idempotency }) => keyName(tenant, idempotency)));
  for (const one of plans) {
    const { tenant, idempotency } = one.call;
    if (idempotency !== null && names.has(keyName(tenant, idempotency))) repeatAs(one, known);
  }
}

/** The lanes of each worker that wants events of them and may have them; free ones are taken. */
async function ownersFor(tx: Transaction, plans: readonly Plan[]): Promise<Owners> {
  const owners = new Map<number, WorkerId>();
  const wanted = new Map<number, WorkerId>();
  for (const { call, births } of plans) {
    if (call.lease === null || births === null) continue;
    const except = new Set(call.lease.exceptWebhookIds);
    for (const target of births.flatMap(({ takers }) => takers)) {
      const isBehind = target.nextDueAt !== null && target.nextDueAt <= tx.now;
      if (isBehind || except.has(target.webhookId)) continue;
      if (target.owner !== null) owners.set(target.webhookNo, target.owner);
      else if (call.lease.takesLanes !== false && !wanted.has(target.webhookNo))
        wanted.set(target.webhookNo, call.lease.workerId);
    }
  }
  const taken = await takeLanes(
    tx,
    [...wanted].map(([webhookNo, workerId]) => ({ webhookNo, workerId })),
  );
  for (const [webhookNo, workerId] of wanted) if (taken.has(webhookNo)) owners.set(webhookNo, workerId);
  return owners;
}

async function insert(tx: Transaction, plans: readonly Plan[], owners: Owners): Promise<PublishResult[]> {
  const [messages, events]: [Parameters<typeof insertMessages>[1][number][], NewEvent[]] = [[], []];
  const results = plans.map(({ call, births, answer }): PublishResult => {
    if (births === null) {
      assert(answer !== null, "a publish has neither messages nor an answer");
      return answer;
    }
    const published = births.map((birth) => {
      messages.push({ ...birth, tenant: call.tenant, isTest: call.test !== null, idempotency: call.idempotency });
      return eventsOf(tx, call, birth, owners, events);
    });
    if (call.test !== null) auditTest(tx, call.tenant, call.test, published);
    return { kind: "created", messages: published };
  });
  const waiting = events.filter(({ workerId }) => workerId === null);
  await Promise.all([
    makeLanesDue(tx, waiting),
    insertMessages(tx, messages),
    indexMessages(
      tx.sql,
      messages.flatMap(({ id: messageId, tenant, source: { searchValues }, idempotency }) =>
        entriesOf({ tenant, messageId, searchValues, idempotencyKey: idempotency?.key ?? null }),
      ),
    ),
    insertEvents(tx, events),
  ]);
  return results;
}

/** The events of a message, added to those that are to be inserted. */
function eventsOf(
  tx: Transaction,
  call: PublishParams,
  { id: messageId, at, source, takers }: Birth,
  owners: Owners,
  events: NewEvent[],
): PublishedMessage {
  const { tenant, lease, test } = call;
  const { topic, action } = source;
  const isTest = test !== null;
  const next = isTest
    ? { trigger: "TEST" as const, triggeredBy: triggeredBy(test.actor) }
    : { trigger: "AUTO" as const, triggeredBy: null };
  const published = takers.map(({ webhookNo, webhookId, owner }) => {
    const id = eventIdOf(messageId, webhookNo);
    const mayLease = lease !== null && !lease.exceptWebhookIds.includes(webhookId);
    const workerId = mayLease && owners.get(webhookNo) === lease.workerId ? lease.workerId : null;
    events.push({ tenant, day: idDay(id), id, webhookNo, topic, action, isTest, next, workerId, createdAt: at });
    if (workerId !== null) tx.leases.push({ workerId, tenant, eventId: id, attempt: 1 });
    const isElsewhere = lease !== null && owner !== null && owner !== lease.workerId;
    return { id, webhookId, status: "PENDING" as const, isLeased: workerId !== null, isElsewhere };
  });
  if (!isTest) tx.actions.published({ tenant, topic, action });
  return { id: messageId, createdAt: at, events: published };
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
