/**
 * The feed of changes that caches follow: a row for every change of a webhook, a key, an environment's settings or the
 * system, written by its transaction.
 */
import { assert, unreachable } from "../../assert.ts";
import type { KeyId, MessageId, WebhookId } from "../../ids.ts";
import { parseMessageId } from "../../ids.ts";
import type { Change } from "../store.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

const CHANGES_PER_ANSWER_MAX = 1_000;

const INSERT_CHANGE = `insert into changes (kind, id, at) values (?1, ?2, ?3)`;
const LAST_SEQ = `select max(seq) as seq from changes`;
/** By the primary key. */
const CHANGES_AFTER = `
  select seq, kind, id from changes where seq > ?1 order by seq limit ${CHANGES_PER_ANSWER_MAX}`;

/** Announces that a webhook was made, changed or deleted. */
export function noteWebhookChange(tx: Transaction, webhookId: WebhookId): void {
  tx.sql.run(INSERT_CHANGE, "webhook", webhookId, tx.now);
}

/** Announces that an API key was made, revoked or restored. */
export function noteKeyChange(tx: Transaction, keyId: KeyId): void {
  tx.sql.run(INSERT_CHANGE, "apiKey", keyId, tx.now);
}

/** Announces that the settings of a tenant's environment were changed. */
export function noteSettingsChange(tx: Transaction, tenant: number): void {
  tx.sql.run(INSERT_CHANGE, "settings", String(tenant), tx.now);
}

/** Announces that deliveries were paused or resumed. */
export function noteSystemChange(tx: Transaction): void {
  tx.sql.run(INSERT_CHANGE, "system", "pause", tx.now);
}

/** Announces that the content of a message was erased, which some process may hold in memory. */
export function noteContentErased(tx: Transaction, message: { tenant: number; messageId: MessageId }): void {
  tx.sql.run(INSERT_CHANGE, "content", `${message.tenant} ${message.messageId}`, tx.now);
}

type ChangeRow = { seq: number } & (
  | { kind: "webhook"; id: WebhookId }
  | { kind: "apiKey"; id: KeyId }
  | { kind: "settings"; id: string }
  | { kind: "system"; id: string }
  | { kind: "content"; id: string }
);

/** See {@link MaintenanceStore.changesSince}. */
export function changesSince(
  { sql }: { sql: Connection },
  params: { seq: number | null },
): { changes: Change[]; seq: number } {
  if (params.seq === null) {
    return { changes: [], seq: sql.get<{ seq: number | null }>(LAST_SEQ)?.seq ?? 0 };
  }
  const changes = sql.all<ChangeRow>(CHANGES_AFTER, params.seq).map(changeOf);
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
