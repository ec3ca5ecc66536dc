/** Signing secrets: sealed at rest, bound to tenant, webhook and their own id; several may be live after a rotation. */
import type { EventId, SecretId, WebhookId } from "../../ids.ts";
import type { Actor } from "../tenancy.ts";
import type { SigningSecret } from "../webhooks.ts";
import { writeAudit } from "./audit.ts";
import { noteWebhookChange } from "./changes.ts";
import type { ReadView, Transaction } from "./transaction.ts";
import { findWebhookRow, lockWebhookRow } from "./webhook_rows.ts";

/** Whose secrets. */
type SecretOwner = { tenant: number; webhookNo: number; webhookId: WebhookId };

const INSERT_SECRET = `
  insert into webhook_secrets (id, tenant, webhook_no, sealed, created_at) values ($1, $2, $3, $4, $5)`;
/** By webhook_secrets_webhook, backwards: the order of ids is that of their creation. */
const LIVE_SECRETS = `
  select webhook_no, id, sealed, created_at, expires_at from webhook_secrets
  where webhook_no = any($1::integer[]) and (expires_at is null or expires_at > $2) order by id desc`;
const EXPIRE_SECRETS = `
  update webhook_secrets set expires_at = $2 where webhook_no = $1 and (expires_at is null or expires_at > $2)`;
const DELETE_SECRETS = `delete from webhook_secrets where webhook_no = $1`;

type SecretRow = { id: SecretId; sealed: string; created_at: number; expires_at: number | null };

/** Stores a secret, sealed. The others stay as they are. */
export async function addSecret(tx: Transaction, owner: SecretOwner, secret: string): Promise<SecretId> {
  const { id, at } = tx.mint("sec");
  await tx.sql.run(INSERT_SECRET, id, owner.tenant, owner.webhookNo, tx.secretBox.seal(secret, binding(owner, id)), at);
  return id;
}

/** Newest first. */
async function liveSecrets(view: ReadView, owner: SecretOwner): Promise<SigningSecret[]> {
  return (await liveSecretsOf(view, [owner])).get(owner.webhookNo) ?? [];
}

/** By the number of the webhook, newest first each. */
export async function liveSecretsOf(
  view: ReadView,
  owners: readonly SecretOwner[],
): Promise<Map<number, SigningSecret[]>> {
  const byNo = new Map(owners.map((owner) => [owner.webhookNo, owner]));
  const rows = await view.sql.all<SecretRow & { webhook_no: number }>(LIVE_SECRETS, [...byNo.keys()], view.now);
  const groups = [...Map.groupBy(rows, (row) => row.webhook_no)];
  return new Map(
    groups.flatMap(([no, own]) => {
      const owner = byNo.get(no);
      return owner === undefined ? [] : [[no, own.map((row) => opened(view, owner, row))]];
    }),
  );
}

function opened({ secretBox }: ReadView, owner: SecretOwner, row: SecretRow): SigningSecret {
  return {
    id: row.id,
    secret: secretBox.open(row.sealed, binding(owner, row.id)),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

/** By webhook_secrets_webhook, backwards. */
const STORED_SECRETS = `
  select id, sealed, created_at, expires_at from webhook_secrets where webhook_no = $1 order by id desc`;

/** See {@link WebhookStore.storedSecrets}. */
export async function storedSecrets(
  view: ReadView,
  params: { tenant: number; webhookId: WebhookId },
): Promise<SigningSecret[] | null> {
  const row = await findWebhookRow(view, params);
  if (row === null) return null;
  const owner = { ...params, webhookNo: row.no };
  const secrets = await view.sql.all<SecretRow>(STORED_SECRETS, row.no);
  return secrets.map((secret) => opened(view, owner, secret));
}

/** See {@link WebhookStore.secretsForRequest}. */
export async function secretsForRequest(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; eventId: EventId; actor: Actor },
): Promise<string[] | null> {
  const row = await findWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, eventId, actor } = params;
  const target = { kind: "webhook", id: webhookId } as const;
  writeAudit(tx, { tenant, actor, action: "webhook.sign-request", target, before: null, after: { eventId } });
  const live = await liveSecrets(tx, { tenant, webhookNo: row.no, webhookId });
  return live.map(({ secret }) => secret);
}

/** Those of a deleted webhook, which signs nothing any more. */
export async function deleteSecrets(tx: Transaction, webhookNo: number): Promise<void> {
  await tx.sql.run(DELETE_SECRETS, webhookNo);
}

/** See {@link WebhookStore.revealSecrets}. */
export async function revealSecrets(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; actor: Actor },
): Promise<SigningSecret[] | null> {
  const row = await findWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, actor } = params;
  const target = { kind: "webhook", id: webhookId } as const;
  writeAudit(tx, { tenant, actor, action: "webhook.secret.reveal", target, before: null, after: null });
  return await liveSecrets(tx, { tenant, webhookNo: row.no, webhookId });
}

/** See {@link WebhookStore.rotateSecret}. Two at the same time follow each other. */
export async function rotateSecret(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; secret: string; overlapMs: number; actor: Actor },
): Promise<SigningSecret[] | null> {
  const row = await lockWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, actor } = params;
  const owner = { tenant, webhookNo: row.no, webhookId };
  const expiresAt = tx.now + params.overlapMs;
  await tx.sql.run(EXPIRE_SECRETS, row.no, expiresAt);
  const secretId = await addSecret(tx, owner, params.secret);
  const target = { kind: "webhook", id: webhookId } as const;
  const after = { secretId, othersExpireAt: expiresAt };
  writeAudit(tx, { tenant, actor, action: "webhook.secret.rotate", target, before: null, after });
  noteWebhookChange(tx, webhookId);
  return await liveSecrets(tx, owner);
}

function binding(owner: SecretOwner, secretId: SecretId): string {
  return `webhook_secrets/${owner.tenant}/${owner.webhookId}/${secretId}`;
}
