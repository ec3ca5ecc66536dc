/** A webhook that an address names: shown, or why it cannot be. */
import { Anchor, Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiProblem } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { Empty, Failure, Loading } from "../../parts/states.tsx";
import { useTenant } from "../../tenant.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { webhookQuery } from "../webhooks/webhook_reads.ts";

/** `title` is the page's until the webhook is there. */
export function LoadedWebhook({
  webhookId,
  title,
  children,
}: {
  webhookId: string;
  title: string;
  children: (webhook: Webhook) => ReactNode;
}) {
  const query = useQuery(webhookQuery(webhookId));
  const tenant = useTenant();
  const { data, error } = query;
  if (error instanceof ApiProblem && error.status === 404) return <Gone webhookId={webhookId} />;
  if (data === undefined) {
    return (
      <>
        <PageTitle title={title} />
        {error === null ? <Loading /> : <Failure error={error} onRetry={() => void query.refetch()} />}
      </>
    );
  }
  if (data.appId !== tenant.appId || data.appEnv !== tenant.appEnv) return <Elsewhere webhook={data} />;
  return (
    <>
      {error === null ? null : (
        <Failure error={error} onRetry={() => void query.refetch()} dataAt={query.dataUpdatedAt} />
      )}
      {children(data)}
    </>
  );
}

function Gone({ webhookId }: { webhookId: string }) {
  const t = useT();
  const tenant = useTenant();
  return (
    <>
      <PageTitle title={t("webhook.gone.title")} />
      <Text mb="sm">
        {t("webhook.gone.text")} <span className="mono">{webhookId}</span>
      </Text>
      <Button component={Link} to="/a/$appId/$appEnv/webhooks" params={tenant as never}>
        {t("webhook.gone.list")}
      </Button>
    </>
  );
}

/** The operator may open any webhook: the page says whose it is instead of mixing two environments. */
function Elsewhere({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const { appId, appEnv, _id: webhookId } = webhook;
  return (
    <>
      <PageTitle title={t("webhook.elsewhere.title")} />
      <Empty title={t("webhook.elsewhere.text", { appEnv })}>
        <Anchor
          component={Link}
          to="/a/$appId/$appEnv/webhooks/$webhookId"
          params={{ appId, appEnv, webhookId } as never}
        >
          {t("webhook.elsewhere.open")}
        </Anchor>
      </Empty>
    </>
  );
}
