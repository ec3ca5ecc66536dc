/** Registered webhooks and their signing secrets, as the store keeps them. Every change writes its audit row. */
import type { EventId, SecretId, WebhookId } from "../ids.ts";
import type { Webhook, WebhookSettings } from "../domain/webhook.ts";
import type { Actor } from "./tenancy.ts";

/** A signing secret in clear; at rest it is encrypted and bound to its row. */
export type SigningSecret = { id: SecretId; secret: string; createdAt: number; expiresAt: number | null };

/**
 * All that a delivery needs to know of its webhook. `secrets` are the live ones, newest first. `retrySchedule` and
 * `timeoutMs` are its environment's where the webhook has none of its own; null: the server's.
 */
export type DeliverySettings = WebhookSettings & {
  webhookId: WebhookId;
  webhookNo: number;
  tenant: number;
  secrets: readonly string[];
  isDeleted: boolean;
};

export interface WebhookStore {
  /** `limit` when the tenant has 100 already (deleted ones do not count). `secret` in clear. */
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
  /** The live signing secrets, newest first; null when there is no such webhook. Reading them writes an audit row. */
  revealSecrets(params: { tenant: number; webhookId: WebhookId; actor: Actor }): Promise<SigningSecret[] | null>;
  /**
   * Every signing secret that is stored, newest first, expired ones too until they are removed; null when there is no such
   * webhook. For checking signatures: they are shown to nobody, so no audit row is written.
   */
  storedSecrets(params: { tenant: number; webhookId: WebhookId }): Promise<SigningSecret[] | null>;
  /**
   * The live signing secrets, newest first, for signing a request that the caller is shown; null when there is no such
   * webhook. Reading them so writes an audit row that names the event.
   */
  secretsForRequest(params: {
    tenant: number;
    webhookId: WebhookId;
    eventId: EventId;
    actor: Actor;
  }): Promise<string[] | null>;
  /** Adds a secret; the others expire after `overlapMs` unless they do so earlier. Null when there is no such webhook. */
  rotateSecret(params: {
    tenant: number;
    webhookId: WebhookId;
    secret: string;
    overlapMs: number;
    actor: Actor;
  }): Promise<SigningSecret[] | null>;
  /** For the engine; deleted webhooks are returned with `isDeleted`. Unknown ids are left out. */
  deliverySettings(params: { webhookIds: readonly WebhookId[] }): Promise<DeliverySettings[]>;
}
