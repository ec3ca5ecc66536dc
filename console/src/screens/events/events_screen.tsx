/** The events of all webhooks of the environment. */
import { useT } from "../../i18n/i18n.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { EventsList } from "./events_list.tsx";

/** Everything that the page shows is in its address. */
export function EventsScreen() {
  const t = useT();
  return (
    <>
      <PageTitle title={t("events.title")} />
      <EventsList webhookId={null} />
    </>
  );
}
