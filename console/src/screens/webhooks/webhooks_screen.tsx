/** To be written. */
import { PageTitle } from "../../parts/page_title.tsx";

/** To be written. */
export function WebhooksScreen() {
  return <PageTitle title="WebhooksScreen" />;
}
