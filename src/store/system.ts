/** The installation as a whole: its figures, and whether it delivers at all. */
import type { AppEnv } from "../domain/values.ts";
import type { WorkerId } from "../ids.ts";
import type { Actor } from "./tenancy.ts";

/** What the store can tell cheaply of the whole installation. */
export type SystemFigures = {
  isPaused: boolean;
  database: {
    kind: "sqlite" | "postgresql";
    bytes: number;
    migrations: { number: number; name: string; appliedAt: number }[];
  };
  queue: {
    /** PENDING events, those of disabled webhooks included. */
    waiting: number;
    /** Webhooks, not disabled, of which something in the store is due. */
    due: number;
    /** Since when, epoch ms: a lower bound of the longest due event; null when nothing is. */
    oldestDueAt: number | null;
  };
  /** In the order of their start. `leases`: events that the worker holds. */
  workers: {
    id: WorkerId;
    role: string;
    host: string;
    pid: number;
    startedAt: number;
    heartbeatAt: number;
    leases: number;
  }[];
  /** The busiest first: PENDING events, and events made in the last hour. Those with neither are left out. */
  tenants: { appId: string; appName: string; appEnv: AppEnv; pending: number; lastHour: number }[];
};

export interface SystemStore {
  /** With the `tenantsMax` busiest tenants. */
  systemFigures(params: { tenantsMax: number }): Promise<SystemFigures>;
  /** Whether all deliveries are paused. It survives a restart. */
  isPaused(): Promise<boolean>;
  /** Pauses or resumes all deliveries, and tells every process. False when it was so already, and nothing was changed. */
  setPaused(params: { isPaused: boolean; actor: Actor }): Promise<boolean>;
}
