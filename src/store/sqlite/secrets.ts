/**
 * What webhooks sign with: secrets, and key pairs where they ask for v1a. Sealed at rest, bound to tenant, webhook and their
 * own id (a private key to its public half, too); several may be live after a rotation.
 */
import { formatPrivateKey, KEY_PAIR_BYTES, publicKeyOf } from "../../domain/key_pair.ts";
import type { SignatureVersion } from "../../domain/webhook.ts";
import type { EventId, SecretId, WebhookId } from "../../ids.ts";
import { beyondLimit, inHeaderOrder } from "../signing_secrets.ts";
import type { Actor } from "../tenancy.ts";
import type { SigningSecret } from "../webhooks.ts";
import { writeAudit } from "./audit.ts";
import { noteWebhookChange } from "./changes.ts";
import type { ReadView, Transaction } from "./transaction.ts";
import { findWebhookRow, signatureVersionsOf } from "./webhook_rows.ts";

/** Whose secrets. */
type SecretOwner = { tenant: number; webhookNo: number; webhookId: WebhookId };

const INSERT_SECRET = `
  insert into webhook_secrets (id, tenant, webhook_no, sealed, public_key, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)`;
/** By webhook_secrets_webhook, backwards: the order of ids is that of their creation. */
const LIVE_SECRETS = `
  select id, sealed, public_key, created_at, expires_at from webhook_secrets
  where webhook_no = ?1 and (expires_at is null or expires_at > ?2) order by id desc`;
/** By webhook_secrets_current. */
const CURRENT_PAIR = `
  select 1 from webhook_secrets where webhook_no = ?1 and public_key is not null and expires_at is null`;
const EXPIRE_SECRETS = `
  update webhook_secrets set expires_at = ?2 where webhook_no = ?1 and (expires_at is null or expires_at > ?2)`;
const EXPIRE_SECRET = `update webhook_secrets set expires_at = ?2 where id = ?1`;
/** By webhook_secrets_webhook. */
const EXPIRE_PREVIOUS = `
  update webhook_secrets set expires_at = ?2 where webhook_no = ?1 and expires_at > ?2 returning id`;
const DELETE_SECRETS = `delete from webhook_secrets where webhook_no = ?1`;

type SecretRow = {
  id: SecretId;
  sealed: string;
  public_key: string | null;
  created_at: number;
  expires_at: number | null;
};

/** Stores a secret, sealed. The others stay as they are. */
export function addSecret(tx: Transaction, owner: SecretOwner, secret: string): SecretId {
  const { id, at } = tx.mint("sec");
  const sealed = tx.sealer().seal(secret, secretBinding({ ...owner, id, publicKey: null }));
  tx.sql.run(INSERT_SECRET, id, owner.tenant, owner.webhookNo, sealed, null, at);
  return id;
}

/** Gives the webhook a key pair unless it has one that is not rotated away. */
export function ensureKeyPair(tx: Transaction, owner: SecretOwner): void {
  if (tx.sql.get(CURRENT_PAIR, owner.webhookNo) === undefined) addKeyPair(tx, owner);
}

/** Makes and stores a key pair; its public half. */
function addKeyPair(tx: Transaction, owner: SecretOwner): string {
  const { id, at } = tx.mint("sec");
  const privateKey = formatPrivateKey(tx.random.bytes(KEY_PAIR_BYTES));
  const publicKey = publicKeyOf(privateKey);
  const sealed = tx.sealer().seal(privateKey, secretBinding({ ...owner, id, publicKey }));
  tx.sql.run(INSERT_SECRET, id, owner.tenant, owner.webhookNo, sealed, publicKey, at);
  return publicKey;
}

/** The texts that sign now for these versions, in the order of their signatures. */
export function signingTexts(view: ReadView, owner: SecretOwner, versions: readonly SignatureVersion[]): string[] {
  const rows = view.sql.all<SecretRow>(LIVE_SECRETS, owner.webhookNo, view.now);
  const wanted = rows.filter((row) => versions.includes(versionOf(row)));
  return inHeaderOrder(wanted.map((row) => ({ version: versionOf(row), text: opened(view, owner, row) })));
}

/** Newest first. */
function liveSecrets(view: ReadView, owner: SecretOwner): SigningSecret[] {
  return view.sql.all<SecretRow>(LIVE_SECRETS, owner.webhookNo, view.now).map((row) => shown(view, owner, row));
}

/** A private key is not even opened to be shown. */
function shown(view: ReadView, owner: SecretOwner, row: SecretRow): SigningSecret {
  const about = { id: row.id, createdAt: row.created_at, expiresAt: row.expires_at };
  return row.public_key === null
    ? { ...about, version: "v1", secret: opened(view, owner, row) }
    : { ...about, version: "v1a", publicKey: row.public_key };
}

function opened({ secretBox }: ReadView, owner: SecretOwner, row: SecretRow): string {
  return secretBox.open(row.sealed, secretBinding({ ...owner, id: row.id, publicKey: row.public_key }));
}

function versionOf(row: SecretRow): SignatureVersion {
  return row.public_key === null ? "v1" : "v1a";
}

/** By webhook_secrets_webhook, backwards. */
const STORED_SECRETS = `
  select id, sealed, public_key, created_at, expires_at from webhook_secrets where webhook_no = ?1 order by id desc`;

/** See {@link WebhookStore.storedSecrets}. */
export function storedSecrets(
  view: ReadView,
  params: { tenant: number; webhookId: WebhookId },
): SigningSecret[] | null {
  const row = findWebhookRow(view, params);
  if (row === null) return null;
  const owner = { ...params, webhookNo: row.no };
  return view.sql.all<SecretRow>(STORED_SECRETS, row.no).map((secret) => shown(view, owner, secret));
}

/** See {@link WebhookStore.secretsForRequest}. */
export function secretsForRequest(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; eventId: EventId; actor: Actor },
): string[] | null {
  const row = findWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, eventId, actor } = params;
  const target = { kind: "webhook", id: webhookId } as const;
  writeAudit(tx, { tenant, actor, action: "webhook.sign-request", target, before: null, after: { eventId } });
  return signingTexts(tx, { tenant, webhookNo: row.no, webhookId }, signatureVersionsOf(row));
}

/** Those of a deleted webhook, which signs nothing any more. */
export function deleteSecrets(tx: Transaction, owner: SecretOwner): void {
  tx.sql.run(DELETE_SECRETS, owner.webhookNo);
}

/** See {@link WebhookStore.revealSecrets}. */
export function revealSecrets(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; actor: Actor },
): SigningSecret[] | null {
  const row = findWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, actor } = params;
  const target = { kind: "webhook", id: webhookId } as const;
  writeAudit(tx, { tenant, actor, action: "webhook.secret.reveal", target, before: null, after: null });
  return liveSecrets(tx, { tenant, webhookNo: row.no, webhookId });
}

/** See {@link WebhookStore.rotateSecret}. */
export function rotateSecret(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; secret: string; overlapMs: number; actor: Actor },
): SigningSecret[] | null {
  const row = findWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, actor } = params;
  const owner = { tenant, webhookNo: row.no, webhookId };
  const expiresAt = tx.now + params.overlapMs;
  tx.sql.run(EXPIRE_SECRETS, row.no, expiresAt);
  const secretId = addSecret(tx, owner, params.secret);
  const pair = signatureVersionsOf(row).includes("v1a") ? { publicKey: addKeyPair(tx, owner) } : {};
  for (const { id } of beyondLimit(liveSecrets(tx, owner))) tx.sql.run(EXPIRE_SECRET, id, tx.now);
  const target = { kind: "webhook", id: webhookId } as const;
  const after = { secretId, ...pair, othersExpireAt: expiresAt };
  writeAudit(tx, { tenant, actor, action: "webhook.secret.rotate", target, before: null, after });
  noteWebhookChange(tx, webhookId);
  return liveSecrets(tx, owner);
}

/** See {@link WebhookStore.endPreviousSecrets}. */
export function endPreviousSecrets(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; actor: Actor },
): SigningSecret[] | null {
  const row = findWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, actor } = params;
  const ended = tx.sql.all<{ id: SecretId }>(EXPIRE_PREVIOUS, row.no, tx.now);
  const target = { kind: "webhook", id: webhookId } as const;
  const after = { ended: ended.map(({ id }) => id).toSorted() };
  writeAudit(tx, { tenant, actor, action: "webhook.secret.end-previous", target, before: null, after });
  noteWebhookChange(tx, webhookId);
  return liveSecrets(tx, { tenant, webhookNo: row.no, webhookId });
}

/** To what a sealed secret or private key is bound. */
export function secretBinding(place: {
  tenant: number;
  webhookId: WebhookId;
  id: SecretId;
  publicKey: string | null;
}): string {
  const { tenant, webhookId, id, publicKey } = place;
  const row = `webhook_secrets/${tenant}/${webhookId}/${id}`;
  return publicKey === null ? row : `${row}/${publicKey}`;
}
