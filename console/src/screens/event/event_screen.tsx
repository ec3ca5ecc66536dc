/** The page of one event, found by its id alone; its attempt and view are in the address. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { toastDone, toastProblem } from "../../parts/toast.ts";
import { numberOf } from "../../search_params.ts";
import { useTenant } from "../../tenant.ts";
import { eventSearch } from "../events/events_search.ts";
import type { EventPlace } from "./event_detail.tsx";
import { EventDetail } from "./event_detail.tsx";
import type { EventWithAttempts } from "./event_model.ts";
import type { Direction } from "./event_neighbours.ts";
import { neighbourOf, readEventsOf } from "./event_neighbours.ts";
import { eventPath } from "./event_path.ts";
import { eventQuery } from "./event_reads.ts";

/** Of an address that names another webhook than the event's, the event counts. */
export function EventScreen() {
  const t = useT();
  const tenant = useTenant();
  const navigate = useNavigate();
  const change = useSearchChange();
  const { eventId = "", webhookId, attempt } = useParams({ strict: false });
  const { view = "request" } = eventSearch(useSearch({ strict: false }));
  const event = useQuery(eventQuery(tenant, eventId)).data?.event;
  const go = useNeighbours(event);
  const number = numberOf(attempt) ?? null;
  const isElsewhere = event !== undefined && webhookId !== undefined && event.webhookId !== webhookId;
  useEffect(() => {
    if (!isElsewhere || event === undefined) return;
    void navigate({ href: eventPath(tenant, { ...event, attempt: number }), replace: true });
  }, [isElsewhere, event, tenant, number, navigate]);
  const place: EventPlace = {
    attempt: number,
    view,
    onAttempt: (shown) => {
      if (event === undefined) return;
      const search = (old: object) => old as never; // the view stays
      void navigate({ to: eventPath(tenant, { ...event, attempt: shown }), search, resetScroll: false });
    },
    onView: (next) => change({ view: next === "request" ? undefined : next }),
    onNewer: go === null ? null : () => go("newer"),
    onOlder: go === null ? null : () => go("older"),
  };
  const title = event === undefined ? t("event.title") : `${labelText(event.topic)}.${labelText(event.action)}`;
  return (
    <>
      <PageTitle title={title} />
      <EventDetail eventId={eventId} place={place} isPage />
    </>
  );
}

/** Goes to the next event of the webhook, which is looked for only then. Null while there is none to go from. */
function useNeighbours(event: EventWithAttempts | undefined): ((direction: Direction) => void) | null {
  const t = useT();
  const tenant = useTenant();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const isBusy = useRef(false);
  if (event === undefined) return null;
  const { webhookId } = event;
  const go = async (direction: Direction) => {
    if (isBusy.current) return;
    isBusy.current = true;
    try {
      const found = await neighbourOf(event, direction, readEventsOf(webhookId));
      if (found === null) {
        toastDone(t(direction === "newer" ? "event.noNewer" : "event.noOlder"));
        return;
      }
      // Read before the page changes, so that its buttons stay where the focus is.
      await queries.query(eventQuery(tenant, found));
      await navigate({ to: eventPath(tenant, { webhookId, _id: found, attempt: null }) });
    } catch (error) {
      toastProblem(t, error);
    } finally {
      isBusy.current = false;
    }
  };
  return (direction) => void go(direction);
}
