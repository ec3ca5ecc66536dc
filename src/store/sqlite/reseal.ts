/** Sealing secrets, private keys and header values anew, a step at a time, when the master key changes. */
import type { HeaderPair } from "../../domain/values.ts";
import type { SecretId, WebhookId } from "../../ids.ts";
import type { Sealer } from "../../secret_box.ts";
import { sealedUnder } from "../../secret_box.ts";
import { sealedAnew } from "../sealed_anew.ts";
import { headerBinding } from "../webhook_headers.ts";
import { secretBinding } from "./secrets.ts";
import type { Transaction } from "./transaction.ts";

/** By the primary key. */
const SECRETS_AFTER = `
  select s.id, s.tenant, s.sealed, s.public_key, w.id as webhook_id
  from webhook_secrets s join webhooks w on w.no = s.webhook_no where s.id > ?1 order by s.id limit ?2`;
const SAVE_SECRET = `update webhook_secrets set sealed = ?2 where id = ?1`;
/** By the primary key; those of deleted webhooks, too. */
const HEADERS_AFTER = `select no, id, tenant, headers from webhooks where no > ?1 order by no limit ?2`;
const SAVE_HEADERS = `update webhooks set headers = ?2 where no = ?1`;

type SecretRow = { id: SecretId; tenant: number; sealed: string; public_key: string | null; webhook_id: WebhookId };
type HeadersRow = { no: number; id: WebhookId; tenant: number; headers: string };

/** See {@link MasterKeyStore.resealSecrets}. The cursor is the last secret, or behind them all the number of a webhook. */
export function resealSecrets(
  tx: Transaction,
  { limit, cursor }: { limit: number; cursor: string | null },
): { resealed: number; nextCursor: string | null } {
  const sealer = tx.sealer();
  let resealed = 0;
  // What the old key has sealed is not only given free: it is overwritten.
  if (cursor === null || cursor.startsWith("sec_")) {
    const rows = tx.sql.all<SecretRow>(SECRETS_AFTER, cursor ?? "", limit);
    tx.sql.overwriting(() => (resealed = rows.filter((row) => resealSecret(tx, sealer, row)).length));
    return { resealed, nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? null) : "0" };
  }
  const rows = tx.sql.all<HeadersRow>(HEADERS_AFTER, Number(cursor), limit);
  tx.sql.overwriting(() => (resealed = rows.filter((row) => resealHeaders(tx, sealer, row)).length));
  return { resealed, nextCursor: rows.length === limit ? String(rows.at(-1)?.no) : null };
}

function resealSecret(tx: Transaction, sealer: Sealer, row: SecretRow): boolean {
  if (sealedUnder(row.sealed) === sealer.keyId) return false;
  const { id, tenant, webhook_id: webhookId, public_key: publicKey } = row;
  const binding = secretBinding({ tenant, webhookId, id, publicKey });
  const place = `secret ${id} of webhook ${webhookId}`;
  tx.sql.run(SAVE_SECRET, id, sealedAnew({ box: tx.secretBox, sealer }, { sealed: row.sealed, binding, place }));
  return true;
}

function resealHeaders(tx: Transaction, sealer: Sealer, row: HeadersRow): boolean {
  const headers = JSON.parse(row.headers) as HeaderPair[]; // written by settingValues
  if (headers.every(([, sealed]) => sealedUnder(sealed) === sealer.keyId)) return false;
  const resealed = headers.map(([name, sealed]) => {
    const place = `header ${name} of webhook ${row.id}`;
    return [name, sealedAnew({ box: tx.secretBox, sealer }, { sealed, binding: headerBinding(row, name), place })];
  });
  tx.sql.run(SAVE_HEADERS, row.no, JSON.stringify(resealed));
  return true;
}
