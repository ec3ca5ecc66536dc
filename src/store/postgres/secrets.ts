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
import { findWebhookRow, lockWebhookRow, signatureVersionsOf } from "./webhook_rows.ts";

/** Whose secrets. */
type SecretOwner = { tenant: number; webhookNo: number; webhookId: WebhookId };
/** Whose, and by which versions they sign. */
type Signer = SecretOwner & { versions: readonly SignatureVersion[] };

const INSERT_SECRET = `
  insert into webhook_secrets (id, tenant, webhook_no, sealed, public_key, created_at) values ($1, $2, $3, $4, $5, $6)`;
/** By webhook_secrets_webhook, backwards: the order of ids is that of their creation. */
const LIVE_SECRETS = `
  select webhook_no, id, sealed, public_key, created_at, expires_at from webhook_secrets
  where webhook_no = any($1::integer[]) and (expires_at is null or expires_at > $2) order by id desc`;
/** By webhook_secrets_current. */
const CURRENT_PAIR = `
  select 1 from webhook_secrets where webhook_no = $1 and public_key is not null and expires_at is null`;
const EXPIRE_SECRETS = `
  update webhook_secrets set expires_at = $2 where webhook_no = $1 and (expires_at is null or expires_at > $2)`;
const EXPIRE_THESE = `update webhook_secrets set expires_at = $2 where id = any($1::text[])`;
/** By webhook_secrets_webhook. */
const EXPIRE_PREVIOUS = `
  update webhook_secrets set expires_at = $2 where webhook_no = $1 and expires_at > $2 returning id`;
const DELETE_SECRETS = `delete from webhook_secrets where webhook_no = $1`;

type SecretRow = {
  id: SecretId;
  sealed: string;
  public_key: string | null;
  created_at: number;
  expires_at: number | null;
};
type LiveRow = SecretRow & { webhook_no: number };

/** Stores a secret, sealed. The others stay as they are. */
export async function addSecret(tx: Transaction, owner: SecretOwner, secret: string): Promise<SecretId> {
  const { id, at } = tx.mint("sec");
  const { seal } = await tx.sealer();
  const sealed = seal(secret, secretBinding({ ...owner, id, publicKey: null }));
  await tx.sql.run(INSERT_SECRET, id, owner.tenant, owner.webhookNo, sealed, null, at);
  return id;
}

/** Gives the webhook, whose row is locked, a key pair unless it has one that is not rotated away. */
export async function ensureKeyPair(tx: Transaction, owner: SecretOwner): Promise<void> {
  if ((await tx.sql.get(CURRENT_PAIR, owner.webhookNo)) === undefined) await addKeyPair(tx, owner);
}

/** Makes and stores a key pair; its public half. */
async function addKeyPair(tx: Transaction, owner: SecretOwner): Promise<string> {
  const { id, at } = tx.mint("sec");
  const privateKey = formatPrivateKey(tx.random.bytes(KEY_PAIR_BYTES));
  const publicKey = publicKeyOf(privateKey);
  const { seal } = await tx.sealer();
  const sealed = seal(privateKey, secretBinding({ ...owner, id, publicKey }));
  await tx.sql.run(INSERT_SECRET, id, owner.tenant, owner.webhookNo, sealed, publicKey, at);
  return publicKey;
}

/** For each of the webhooks, when it is asked for: the texts that sign now, in the order of their signatures. */
export async function signingTextsOf(
  view: ReadView,
  owners: readonly SecretOwner[],
): Promise<(signer: Signer) => string[]> {
  const rows = Map.groupBy(await liveRows(view, owners), (row) => row.webhook_no);
  return (signer) => {
    const wanted = (rows.get(signer.webhookNo) ?? []).filter((row) => signer.versions.includes(versionOf(row)));
    return inHeaderOrder(wanted.map((row) => ({ version: versionOf(row), text: opened(view, signer, row) })));
  };
}

/** Newest first. */
async function liveSecrets(view: ReadView, owner: SecretOwner): Promise<SigningSecret[]> {
  return (await liveRows(view, [owner])).map((row) => shown(view, owner, row));
}

async function liveRows(view: ReadView, owners: readonly SecretOwner[]): Promise<LiveRow[]> {
  const webhookNos = owners.map(({ webhookNo }) => webhookNo);
  return await view.sql.all<LiveRow>(LIVE_SECRETS, webhookNos, view.now);
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
  select id, sealed, public_key, created_at, expires_at from webhook_secrets where webhook_no = $1 order by id desc`;

/** See {@link WebhookStore.storedSecrets}. */
export async function storedSecrets(
  view: ReadView,
  params: { tenant: number; webhookId: WebhookId },
): Promise<SigningSecret[] | null> {
  const row = await findWebhookRow(view, params);
  if (row === null) return null;
  const owner = { ...params, webhookNo: row.no };
  const secrets = await view.sql.all<SecretRow>(STORED_SECRETS, row.no);
  return secrets.map((secret) => shown(view, owner, secret));
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
  const signer = { tenant, webhookNo: row.no, webhookId, versions: signatureVersionsOf(row) };
  return (await signingTextsOf(tx, [signer]))(signer);
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
  const pair = signatureVersionsOf(row).includes("v1a") ? { publicKey: await addKeyPair(tx, owner) } : {};
  const tooMany = beyondLimit(await liveSecrets(tx, owner)).map(({ id }) => id);
  if (tooMany.length > 0) await tx.sql.run(EXPIRE_THESE, tooMany, tx.now);
  const target = { kind: "webhook", id: webhookId } as const;
  const after = { secretId, ...pair, othersExpireAt: expiresAt };
  writeAudit(tx, { tenant, actor, action: "webhook.secret.rotate", target, before: null, after });
  noteWebhookChange(tx, webhookId);
  return await liveSecrets(tx, owner);
}

/** See {@link WebhookStore.endPreviousSecrets}. */
export async function endPreviousSecrets(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; actor: Actor },
): Promise<SigningSecret[] | null> {
  const row = await lockWebhookRow(tx, params);
  if (row === null) return null;
  const { tenant, webhookId, actor } = params;
  const ended = await tx.sql.all<{ id: SecretId }>(EXPIRE_PREVIOUS, row.no, tx.now);
  const target = { kind: "webhook", id: webhookId } as const;
  const after = { ended: ended.map(({ id }) => id).toSorted() };
  writeAudit(tx, { tenant, actor, action: "webhook.secret.end-previous", target, before: null, after });
  noteWebhookChange(tx, webhookId);
  return await liveSecrets(tx, { tenant, webhookNo: row.no, webhookId });
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
