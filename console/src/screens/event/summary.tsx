/** What an event is: its ids, its endpoint, its message and where else that went. */
import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { StatusBadge } from "../../parts/status_badge.tsx";
import { ExactTime, RelativeTime } from "../../parts/time_text.tsx";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useTenant } from "../../tenant.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import type { EventWithAttempts } from "./event_model.ts";
import classes from "./summary.module.css";

/** `webhook` is null where it is not known: deleted, or not for this session. */
export function Summary({ event, webhook }: { event: EventWithAttempts; webhook: Webhook | null }) {
  const t = useT();
  const tenant = useTenant();
  const { webhookId } = event;
  const message = useQuery({
    queryKey: ["message", event.messageId],
    queryFn: ({ signal }) => call("getMessage", { path: { ...tenant, messageId: event.messageId }, signal }),
    staleTime: 60_000,
  });
  const siblings = (message.data?.events ?? []).filter(({ _id }) => _id !== event._id);
  const key = message.data?.idempotencyKey;
  return (
    <dl className={classes["facts"]}>
      <Fact name={t("event.fact.action")}>
        <span className="mono">
          {labelText(event.topic)}.{labelText(event.action)}
        </span>{" "}
        · {t(`event.nature.${event.msgNature}`)}
      </Fact>
      <Fact name={t("event.fact.id")}>
        <Id id={event._id} what={t("event.fact.id")} />
      </Fact>
      <Fact name={t("event.fact.message")}>
        <Id id={event.messageId} what={t("event.fact.message")} />
      </Fact>
      {key === undefined ? null : (
        <Fact name={t("event.fact.idempotencyKey")}>
          <Id id={key} what={t("event.fact.idempotencyKey")} />
        </Fact>
      )}
      <Fact name={t("event.fact.webhook")}>
        <Group gap={4} wrap="nowrap">
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link {...props} to="/a/$appId/$appEnv/webhooks/$webhookId" params={{ ...tenant, webhookId }} />
            )}
          >
            {webhook === null ? webhookId : labelText(webhook.url)}
          </Anchor>
          <CopyButton value={webhookId} what={t("event.fact.webhookId")} />
        </Group>
      </Fact>
      <Fact name={t("event.fact.created")}>
        <ExactTime at={event._createdAt} /> · <RelativeTime at={event._createdAt} />
      </Fact>
      <Fact name={t("event.fact.updated")}>
        <ExactTime at={event._updatedAt} />
      </Fact>
      {siblings.length === 0 ? null : (
        <Fact name={t("event.fact.siblings")}>
          <Siblings events={siblings} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes["fact"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Id({ id, what }: { id: string; what: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <span className="mono">{labelText(id)}</span>
      <CopyButton value={id} what={what} />
    </Group>
  );
}

/** The events of the same message at other webhooks. */
function Siblings({
  events,
}: {
  events: readonly { _id: string; webhookId: string; status: "PENDING" | "SUCCESS" | "FAILED" }[];
}) {
  const tenant = useTenant();
  const { nameOf } = useWebhookNames();
  return (
    <ul className={classes["siblings"]}>
      {events.map(({ _id, webhookId, status }) => (
        <li key={_id}>
          <StatusBadge status={status} />{" "}
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/a/$appId/$appEnv/webhooks/$webhookId/events/$eventId"
                params={{ ...tenant, webhookId, eventId: _id }}
              />
            )}
          >
            <Text span size="sm">
              {nameOf(webhookId)}
            </Text>
          </Anchor>
        </li>
      ))}
    </ul>
  );
}
