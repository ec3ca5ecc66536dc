/** Sealing secrets, private keys and header values anew, a step at a time, when the master key changes. */
import type { HeaderPair } from "../../domain/values.ts";
import type { SecretId, WebhookId } from "../../ids.ts";
import { sealedUnder } from "../../secret_box.ts";
import { sealedAnew } from "../sealed_anew.ts";
import { headerBinding } from "../webhook_headers.ts";
import { secretBinding } from "./secrets.ts";
import type { Transaction } from "./transaction.ts";

/** By the primary key. */
const SECRETS_AFTER = `
  select s.id, s.tenant, s.sealed, s.public_key, w.id as webhook_id
  from webhook_secrets s join webhooks w on w.no = s.webhook_no
  where s.id > $1 order by s.id limit $2 for no key update of s`;
const SAVE_SECRETS = `
  update webhook_secrets s set sealed = u.sealed from unnest($1::text[], $2::text[]) as u (id, sealed) where s.id = u.id`;
/** By the primary key; those of deleted webhooks, too. */
const HEADERS_AFTER = `
  select no, id, tenant, headers from webhooks where no > $1 order by no limit $2 for no key update`;
const SAVE_HEADERS = `
  update webhooks w set headers = u.headers from unnest($1::integer[], $2::text[]) as u (no, headers) where w.no = u.no`;

type SecretRow = { id: SecretId; tenant: number; sealed: string; public_key: string | null; webhook_id: WebhookId };
type HeadersRow = { no: number; id: WebhookId; tenant: number; headers: string };

/** See {@link MasterKeyStore.resealSecrets}. The cursor is the last secret, or behind them all the number of a webhook. */
export async function resealSecrets(
  tx: Transaction,
  { limit, cursor }: { limit: number; cursor: string | null },
): Promise<{ resealed: number; nextCursor: string | null }> {
  if (cursor === null || cursor.startsWith("sec_")) {
    const rows = await tx.sql.all<SecretRow>(SECRETS_AFTER, cursor ?? "", limit);
    const resealed = await resealKeys(tx, rows);
    return { resealed, nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? null) : "0" };
  }
  const rows = await tx.sql.all<HeadersRow>(HEADERS_AFTER, Number(cursor), limit);
  const resealed = await resealHeaders(tx, rows);
  return { resealed, nextCursor: rows.length === limit ? String(rows.at(-1)?.no) : null };
}

/** How many were sealed under another key. */
async function resealKeys(tx: Transaction, rows: readonly SecretRow[]): Promise<number> {
  const sealer = await tx.sealer();
  const others = rows.filter(({ sealed }) => sealedUnder(sealed) !== sealer.keyId);
  const sealed = others.map((row) => {
    const { id, tenant, webhook_id: webhookId, public_key: publicKey } = row;
    const binding = secretBinding({ tenant, webhookId, id, publicKey });
    const place = `secret ${id} of webhook ${webhookId}`;
    return sealedAnew({ box: tx.secretBox, sealer }, { sealed: row.sealed, binding, place });
  });
  if (others.length > 0)
    await tx.sql.run(
      SAVE_SECRETS,
      others.map(({ id }) => id),
      sealed,
    );
  return others.length;
}

async function resealHeaders(tx: Transaction, rows: readonly HeadersRow[]): Promise<number> {
  const sealer = await tx.sealer();
  const parsed = rows.map((row) => ({ row, pairs: JSON.parse(row.headers) as HeaderPair[] })); // written by settingValues
  const others = parsed.filter(({ pairs }) => pairs.some(([, sealed]) => sealedUnder(sealed) !== sealer.keyId));
  const headers = others.map(({ row, pairs }) => {
    const resealed = pairs.map(([name, sealed]) => {
      const place = `header ${name} of webhook ${row.id}`;
      return [name, sealedAnew({ box: tx.secretBox, sealer }, { sealed, binding: headerBinding(row, name), place })];
    });
    return JSON.stringify(resealed);
  });
  if (others.length > 0)
    await tx.sql.run(
      SAVE_HEADERS,
      others.map(({ row }) => row.no),
      headers,
    );
  return others.length;
}
