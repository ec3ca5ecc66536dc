/** In place of a list without events: why there is none, and what to do about it. */
import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import type { FilterChip } from "../../parts/filter_chips.tsx";
import { NoMatch } from "../../parts/filter_chips.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { Empty } from "../../parts/states.tsx";
import { useTenant } from "../../tenant.ts";
import { tabOf } from "./events_filter.ts";
import type { EventsSearch } from "./events_search.ts";

/** The filters in force are above the list, whether it is empty or not. */
const NONE: readonly FilterChip[] = [];

/** With filters: which of them may be too narrow. Without: what the tab would show. */
export function NoEvents({
  search,
  webhookId,
  filters,
}: {
  search: EventsSearch;
  webhookId: string | null;
  filters: { chips: readonly FilterChip[]; onClear: () => void };
}) {
  const t = useT();
  const tenant = useTenant();
  const change = useSearchChange();
  const tab = tabOf(search);
  const isNarrowed = filters.chips.some(({ id }) => id !== "range");
  if (isNarrowed || (tab === "all" && filters.chips.length > 0))
    return <NoMatch chips={NONE} onClear={filters.onClear} />;
  return (
    <Empty title={t(`events.empty.${tab}.title`)}>
      <Text>{t(`events.empty.${tab}.text`)}</Text>
      {tab === "all" ? (
        <ToTest webhookId={webhookId} tenant={tenant} />
      ) : (
        <Button variant="default" onClick={filters.onClear}>
          {t("events.empty.showAll")}
        </Button>
      )}
      {search.range === undefined || tab === "all" ? null : (
        <Button variant="subtle" onClick={() => change({ range: undefined, from: undefined, to: undefined })}>
          {t("events.empty.anyTime")}
        </Button>
      )}
    </Empty>
  );
}

function ToTest({ webhookId, tenant }: { webhookId: string | null; tenant: ReturnType<typeof useTenant> }) {
  const t = useT();
  if (webhookId === null) {
    return (
      <Anchor renderRoot={(props) => <Link {...props} to="/a/$appId/$appEnv/webhooks" params={tenant} />}>
        {t("events.empty.toWebhooks")}
      </Anchor>
    );
  }
  return (
    <Button
      renderRoot={(props) => (
        <Link
          {...props}
          to="/a/$appId/$appEnv/webhooks/$webhookId"
          params={{ ...tenant, webhookId }}
          search={{ send: "1" }}
        />
      )}
    >
      {t("events.empty.sendTest")}
    </Button>
  );
}
