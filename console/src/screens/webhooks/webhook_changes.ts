/** Changes of webhooks: told at once where they are toggles, taken back where they are refused, undone for 10 seconds. */
import { useQueryClient } from "@tanstack/react-query";
import type { Body } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { hostOf } from "../../parts/label_text.ts";
import { toastProblem, toastUndo } from "../../parts/toast.ts";
import type { TenantPath } from "../../tenant.ts";
import { useTenant } from "../../tenant.ts";
import type { Webhook } from "./webhook_list.ts";
import { webhookQuery, webhooksQuery } from "./webhook_reads.ts";

/** The fields of a webhook that a change gives. */
export type WebhookChange = Body<"updateWebhook">;
/** So many changes are sent at a time when many webhooks are changed. */
const AT_A_TIME = 4;

/** What can be done to webhooks of the page's environment. */
export type WebhookChanges = {
  /** Throws ApiProblem when it is refused. */
  update: (webhookId: string, change: WebhookChange) => Promise<Webhook>;
  /** Shown before the server has answered. A refusal is told in a note, an undo is offered; never throws. */
  setDisabled: (webhooks: readonly Webhook[], isDisabled: boolean) => Promise<void>;
  /** Several at once, with one note and one undo: `changeOf` gives null for a webhook that needs no change. */
  updateMany: (params: {
    webhooks: readonly Webhook[];
    changeOf: (webhook: Webhook) => WebhookChange | null;
    undoOf: (webhook: Webhook) => WebhookChange;
    done: (count: number) => string;
  }) => Promise<void>;
  /** Reads everything about webhooks again. */
  refresh: () => Promise<void>;
};

/** For screens below an application environment. */
export function useWebhookChanges(): WebhookChanges {
  const t = useT();
  const tenant = useTenant();
  const cache = useCachedWebhooks(tenant);

  const update: WebhookChanges["update"] = async (webhookId, change) => {
    const { warnings: _warnings, ...webhook } = await call("updateWebhook", { path: { webhookId }, body: change });
    cache.put(webhook);
    await cache.refresh();
    return webhook;
  };

  const updateMany: WebhookChanges["updateMany"] = async ({ webhooks, changeOf, undoOf, done }) => {
    await cache.stopReading();
    const changed: Webhook[] = [];
    const problems: unknown[] = [];
    await eachOf(webhooks, async (webhook) => {
      const change = changeOf(webhook);
      if (change === null) return;
      cache.put({ ...webhook, ...toggled(change) });
      try {
        await call("updateWebhook", { path: { webhookId: webhook._id }, body: change });
        changed.push(webhook);
      } catch (error) {
        cache.put(webhook);
        problems.push(error);
      }
    });
    if (problems.length > 0) toastProblem(t, problems[0]);
    if (changed.length > 0) {
      toastUndo(t, done(changed.length), () => void takeBack(changed, undoOf));
    }
    await cache.refresh();
  };

  const takeBack = async (webhooks: readonly Webhook[], undoOf: (webhook: Webhook) => WebhookChange) => {
    try {
      await eachOf(webhooks, async (webhook) => {
        await call("updateWebhook", { path: { webhookId: webhook._id }, body: undoOf(webhook) });
      });
    } catch (error) {
      toastProblem(t, error);
    }
    await cache.refresh();
  };

  const setDisabled: WebhookChanges["setDisabled"] = (webhooks, isDisabled) => {
    const [first] = webhooks;
    const host = first === undefined ? "" : hostOf(first.url);
    const done = isDisabled ? "webhooks.done.disabled" : "webhooks.done.enabled";
    return updateMany({
      webhooks,
      changeOf: (webhook) => (webhook.isDisabled === isDisabled ? null : { isDisabled }),
      undoOf: (webhook) => ({ isDisabled: webhook.isDisabled }),
      done: (count) => t(done, { count, host }),
    });
  };

  return { update, updateMany, setDisabled, refresh: cache.refresh };
}

/** The part of a change that can be shown before the server has answered: toggles alone. */
function toggled({ isDisabled }: WebhookChange): Pick<Webhook, "isDisabled"> | object {
  return typeof isDisabled === "boolean" ? { isDisabled } : {};
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** The cached webhooks, in the list and one by one. */
function useCachedWebhooks(tenant: TenantPath): {
  put: (webhook: Webhook) => void;
  /** What is on its way was read before the change, and would show the old state again. */
  stopReading: () => Promise<void>;
  refresh: () => Promise<void>;
} {
  const queries = useQueryClient();
  const put = (webhook: Webhook): void => {
    queries.setQueryData(webhookQuery(webhook._id).queryKey, webhook);
    queries.setQueryData(webhooksQuery(tenant).queryKey, (list) =>
      list?.map((one) => (one._id === webhook._id ? webhook : one)),
    );
  };
  const refresh = async (): Promise<void> => {
    const of = [tenant.appId, tenant.appEnv];
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["webhooks", ...of] }),
      queries.invalidateQueries({ queryKey: ["webhook"] }),
      queries.invalidateQueries({ queryKey: ["stats", ...of] }),
      queries.invalidateQueries({ queryKey: ["audit", ...of] }),
    ]);
  };
  const stopReading = async (): Promise<void> => {
    await queries.cancelQueries({ queryKey: ["webhooks", tenant.appId, tenant.appEnv] });
    await queries.cancelQueries({ queryKey: ["webhook"] });
  };
  return { put, stopReading, refresh };
}
