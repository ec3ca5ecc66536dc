/** Which webhooks take a message: read inside the publishing transaction, and kept for that one transaction alone. */
import type { WebhookId } from "../../ids.ts";
import type { Connection } from "./connection.ts";

/** An enabled webhook, as far as publishing needs it. */
export type Target = {
  webhookNo: number;
  webhookId: WebhookId;
  isDisabled: false;
  disabledTopics: readonly string[];
  disabledActions: readonly string[];
};

type TargetRow = { no: number; id: WebhookId; disabled_topics: string; disabled_actions: string };

/** By webhooks_live, in order of creation. */
const READ_TARGETS = `
  select no, id, disabled_topics, disabled_actions from webhooks
  where tenant = ?1 and deleted_at is null and is_disabled = 0 order by no`;

/** The targets of one transaction. */
export class Targets {
  readonly #sql: Connection;
  readonly #byTenant = new Map<number, Target[]>();

  constructor(sql: Connection) {
    this.#sql = sql;
  }

  /** The enabled webhooks of the tenant. */
  of(tenant: number): readonly Target[] {
    let targets = this.#byTenant.get(tenant);
    if (targets === undefined) {
      targets = this.#sql.all<TargetRow>(READ_TARGETS, tenant).map(targetOf);
      this.#byTenant.set(tenant, targets);
    }
    return targets;
  }

  /** To be called by whatever changes a webhook of the tenant. */
  forget(tenant: number): void {
    this.#byTenant.delete(tenant);
  }
}

function targetOf(row: TargetRow): Target {
  return {
    webhookNo: row.no,
    webhookId: row.id,
    isDisabled: false,
    disabledTopics: stringList(row.disabled_topics),
    disabledActions: stringList(row.disabled_actions),
  };
}

/** Nearly all webhooks disable nothing. */
function stringList(json: string): readonly string[] {
  return json === "[]" ? [] : (JSON.parse(json) as string[]); // written by us as a list of strings
}
