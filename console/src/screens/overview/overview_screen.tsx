/** To be written. */
import { PageTitle } from "../../parts/page_title.tsx";

/** To be written. */
export function OverviewScreen() {
  return <PageTitle title="OverviewScreen" />;
}
