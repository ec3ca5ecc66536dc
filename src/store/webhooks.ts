/** Registered webhooks and their signing secrets, as the store keeps them. Every change writes its audit row. */
import type { EventId, SecretId, WebhookId } from "../ids.ts";
import type { Webhook, WebhookSettings } from "../domain/webhook.ts";
import type { Actor } from "./tenancy.ts";

/**
 * What a webhook signs with, as callers may see it: a secret in clear, or the public half of a key pair. Secrets and private
 * halves are encrypted at rest and bound to their row.
 */
export type SigningSecret = { id: SecretId; createdAt: number; expiresAt: number | null } & (
  { version: "v1"; secret: string } | { version: "v1a"; publicKey: string }
);

/**
 * All that a delivery needs to know of its webhook. `secrets` are the live ones of its signature versions, newest first:
 * secrets (`whsec_…`), then private keys (`whsk_…`). `retrySchedule` and `timeoutMs` are its environment's where the webhook
 * has none of its own; null: the server's.
 */
export type DeliverySettings = WebhookSettings & {
  webhookId: WebhookId;
  webhookNo: number;
  tenant: number;
  secrets: readonly string[];
  /** Its secrets or header values do not open: they are left out, and nothing can be sent to it. */
  isUnreadable: boolean;
  isDeleted: boolean;
};

export interface WebhookStore {
  /**
   * `limit` when the tenant has 100 already (deleted ones do not count). `secret` in clear. A webhook that asks for `v1a` is
   * given a key pair of its own, here or by the update that asks first.
   */
  createWebhook(params: {
    tenant: number;
    settings: WebhookSettings;
    secret: string;
    actor: Actor;
  }): Promise<{ kind: "created"; webhook: Webhook } | { kind: "limit" }>;
  /** In order of creation, without deleted ones. */
  listWebhooks(params: { tenant: number }): Promise<Webhook[]>;
  /** Of that tenant, or of any with `tenant: null` (the operator). Null when deleted. */
  findWebhook(params: { tenant: number | null; webhookId: WebhookId }): Promise<Webhook | null>;
  /**
   * Changes the given settings. Enabling clears the failing run and the reason; disabling by this call has the reason
   * MANUAL. Null when there is none.
   */
  updateWebhook(params: {
    tenant: number;
    webhookId: WebhookId;
    change: Partial<WebhookSettings>;
    actor: Actor;
  }): Promise<Webhook | null>;
  /** Deletes; its waiting events are failed afterwards by `failEventsOfDeletedWebhooks`. Null when there is none. */
  deleteWebhook(params: { tenant: number; webhookId: WebhookId; actor: Actor }): Promise<Webhook | null>;
  /**
   * The live signing secrets and public keys, newest first; null when there is no such webhook. Reading them writes an audit
   * row.
   */
  revealSecrets(params: { tenant: number; webhookId: WebhookId; actor: Actor }): Promise<SigningSecret[] | null>;
  /**
   * Every signing secret and public key that is stored, newest first, expired ones too until they are removed; null when
   * there is no such webhook. For checking signatures: they are shown to nobody, so no audit row is written.
   */
  storedSecrets(params: { tenant: number; webhookId: WebhookId }): Promise<SigningSecret[] | null>;
  /**
   * What signs now, as in {@link DeliverySettings}, for signing a request that the caller is shown; null when there is no
   * such webhook. Reading it so writes an audit row that names the event.
   */
  secretsForRequest(params: {
    tenant: number;
    webhookId: WebhookId;
    eventId: EventId;
    actor: Actor;
  }): Promise<string[] | null>;
  /**
   * Adds a secret, and a key pair where the webhook asks for `v1a`; the others expire after `overlapMs` unless they do so
   * earlier, and the oldest ones at once where more than 5 of one version would be live. Null when
   * there is no such webhook.
   */
  rotateSecret(params: {
    tenant: number;
    webhookId: WebhookId;
    secret: string;
    overlapMs: number;
    actor: Actor;
  }): Promise<SigningSecret[] | null>;
  /**
   * Ends at once those that a rotation lets expire later; the ones that are left. Null when there is no such webhook. What is
   * left is answered in clear, so the audit row is written even where nothing was to end.
   */
  endPreviousSecrets(params: { tenant: number; webhookId: WebhookId; actor: Actor }): Promise<SigningSecret[] | null>;
  /** For the engine; deleted webhooks are returned with `isDeleted`. Unknown ids are left out. */
  deliverySettings(params: { webhookIds: readonly WebhookId[] }): Promise<DeliverySettings[]>;
}
