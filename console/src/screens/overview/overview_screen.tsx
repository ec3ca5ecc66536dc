/** The state of an application environment at a glance: numbers, chart, what needs attention, and first steps where it is new. */
import { Stack } from "@mantine/core";
import { useEffect } from "react";
import { useT } from "../../i18n/i18n.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { RangePicker } from "../../parts/range_picker.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { StatsChart } from "../../parts/stats_chart.tsx";
import { useChartSearch } from "../../parts/stats_query.ts";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import { rememberApplication } from "../applications/application_list.ts";
import { NeedsAttention } from "./needs_attention.tsx";
import { QuickStart } from "./quick_start.tsx";
import { Tiles } from "./tiles.tsx";

/** At `/a/:appId/:appEnv/overview`. */
export function OverviewScreen() {
  const t = useT();
  const change = useSearchChange();
  const search = useChartSearch();
  const canSeeWebhooks = useCan("webhooks");
  const { appId } = useTenant();
  useEffect(() => rememberApplication(appId), [appId]);
  return (
    <>
      <PageTitle title={t("shell.nav.overview")}>
        <RangePicker value={search} standard="24h" names={["1h", "24h", "7d", "30d"]} onChange={change} />
      </PageTitle>
      <Stack gap="lg">
        {canSeeWebhooks ? <QuickStart /> : null}
        <Tiles />
        <StatsChart webhookId={null} />
        {canSeeWebhooks ? <NeedsAttention /> : null}
      </Stack>
    </>
  );
}
