/** What application environments set for themselves, as the store keeps it. */
import type { EnvironmentSettings } from "../domain/environment_settings.ts";
import type { Actor } from "./tenancy.ts";

/** How long a tenant's messages and contents are to be kept; null: as the server says, and as long as the message. */
export type TenantRetention = Pick<EnvironmentSettings, "retentionMs" | "contentRetentionMs"> & { tenant: number };

/** What came of a change of settings. Only `updated` has stored anything. */
export type SettingsUpdate =
  | { kind: "updated"; settings: EnvironmentSettings }
  /** Contents would be kept longer than the messages, whose retention would be `retentionMs`. */
  | { kind: "contentOutlivesMessage"; contentRetentionMs: number; retentionMs: number };

export interface SettingsStore {
  /** The defaults where the environment has set nothing. */
  environmentSettings(params: { tenant: number }): Promise<EnvironmentSettings>;
  /**
   * Changes the given settings, and tells every process. Two changes at a time are both in force afterwards: that the
   * content goes before its message is judged in the transaction, with `serverRetentionMs` where the environment has none.
   */
  updateEnvironmentSettings(params: {
    tenant: number;
    change: Partial<EnvironmentSettings>;
    serverRetentionMs: number;
    actor: Actor;
  }): Promise<SettingsUpdate>;
  /** Every tenant with its retention, ascending, after the tenant number `after`. */
  listRetentions(params: { after: number; limit: number }): Promise<TenantRetention[]>;
}
