/**
 * The feed of changes that caches follow: a row for every change of a webhook, a key, an environment's settings or the
 * system, written by its transaction. Its number is taken from a row of settings that stays locked until the commit, so that
 * whoever has read up to a number has missed none before it.
 */
import { assert, unreachable } from "../../assert.ts";
import type { KeyId, MessageId, WebhookId } from "../../ids.ts";
import { parseMessageId } from "../../ids.ts";
import type { Change } from "../store.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

const CHANGES_PER_ANSWER_MAX = 1_000;

const INSERT_CHANGES = `
  with head as (
    update settings set value = (value::bigint + cardinality($1::text[]))::text where name = 'change_seq'
    returning value::bigint - cardinality($1::text[]) as seq
  )
  insert into changes (seq, kind, id, at)
  select head.seq + u.place, u.kind, u.id, $3::bigint
  from head, unnest($1::text[], $2::text[]) with ordinality as u (kind, id, place)`;
const LAST_SEQ = `select value::bigint as seq from settings where name = 'change_seq'`;
/** By the primary key. */
const CHANGES_AFTER = `
  select seq, kind, id from changes where seq > $1 order by seq limit ${CHANGES_PER_ANSWER_MAX}`;

type Noted = { kind: Change["kind"]; id: string };

/** The changes of one transaction. */
export class ChangeNotes {
  readonly #notes: Noted[] = [];

  get isEmpty(): boolean {
    return this.#notes.length === 0;
  }

  add(note: Noted): void {
    this.#notes.push(note);
  }

  /** Writes them, last of all: from then on every other transaction with changes waits for the commit. */
  flush(sql: Connection, now: number): Promise<unknown>[] {
    const notes = this.#notes.splice(0);
    if (notes.length === 0) return [];
    const [kinds, ids] = [notes.map(({ kind }) => kind), notes.map(({ id }) => id)];
    return [sql.run(INSERT_CHANGES, kinds, ids, now)];
  }
}

/** Announces that a webhook was made, changed or deleted. */
export function noteWebhookChange(tx: Transaction, webhookId: WebhookId): void {
  tx.changes.add({ kind: "webhook", id: webhookId });
}

/** Announces that an API key was made, revoked or restored. */
export function noteKeyChange(tx: Transaction, keyId: KeyId): void {
  tx.changes.add({ kind: "apiKey", id: keyId });
}

/** Announces that the settings of a tenant's environment were changed. */
export function noteSettingsChange(tx: Transaction, tenant: number): void {
  tx.changes.add({ kind: "settings", id: String(tenant) });
}

/** Announces that deliveries were paused or resumed. */
export function noteSystemChange(tx: Transaction): void {
  tx.changes.add({ kind: "system", id: "pause" });
}

/** Announces that the content of a message was erased, which some process may hold in memory. */
export function noteContentErased(tx: Transaction, message: { tenant: number; messageId: MessageId }): void {
  tx.changes.add({ kind: "content", id: `${message.tenant} ${message.messageId}` });
}

type ChangeRow = { seq: number } & (
  | { kind: "webhook"; id: WebhookId }
  | { kind: "apiKey"; id: KeyId }
  | { kind: "settings"; id: string }
  | { kind: "system"; id: string }
  | { kind: "content"; id: string }
);

/** See {@link MaintenanceStore.changesSince}. */
export async function changesSince(
  { sql }: { sql: Connection },
  params: { seq: number | null },
): Promise<{ changes: Change[]; seq: number }> {
  if (params.seq === null) {
    return { changes: [], seq: (await sql.get<{ seq: number }>(LAST_SEQ))?.seq ?? 0 };
  }
  const changes = (await sql.all<ChangeRow>(CHANGES_AFTER, params.seq)).map(changeOf);
  return { changes, seq: changes.at(-1)?.seq ?? params.seq };
}

function changeOf(row: ChangeRow): Change {
  const { seq, kind } = row;
  switch (kind) {
    case "webhook":
      return { seq, kind, webhookId: row.id };
    case "apiKey":
      return { seq, kind, keyId: row.id };
    case "settings":
      return { seq, kind, tenant: Number(row.id) };
    case "system":
      return { seq, kind };
    case "content":
      return { seq, kind, ...erasedMessage(row.id) };
    default:
      return unreachable(kind);
  }
}

/** What {@link noteContentErased} wrote. */
function erasedMessage(id: string): { tenant: number; messageId: MessageId } {
  const [tenant = "", message = ""] = id.split(" ");
  const messageId = parseMessageId(message);
  assert(messageId !== null, `the change of a content names no message: ${id}`);
  return { tenant: Number(tenant), messageId };
}
