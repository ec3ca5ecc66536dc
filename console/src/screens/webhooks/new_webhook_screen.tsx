/** "Add Webhook Endpoint": endpoint, topics and delivery on one page; then the secret, and a first test event. */
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { Loaded } from "../../parts/states.tsx";
import { CreatedWebhook } from "./created_webhook.tsx";
import { NewWebhookForm } from "./new_webhook_form.tsx";
import { useCatalog } from "./webhook_reads.ts";
import { newWebhookSearch, presetTopics } from "./webhooks_search.ts";

/** `/a/…/webhooks/new`. */
export function NewWebhookScreen() {
  const t = useT();
  const catalog = useCatalog();
  const preset = presetTopics(newWebhookSearch(useSearch({ strict: false })));
  const [created, setCreated] = useState<Answer<"createWebhook"> | null>(null);
  if (created !== null) return <CreatedWebhook webhook={created} onAnother={() => setCreated(null)} />;
  return (
    <>
      <PageTitle title={t("webhooks.add")} />
      <Loaded query={catalog}>
        {(topics) => <NewWebhookForm topics={topics} preset={preset} onCreated={setCreated} />}
      </Loaded>
    </>
  );
}
