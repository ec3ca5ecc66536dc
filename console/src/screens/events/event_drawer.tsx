/** The details of an event over the list that it was opened from. */
import { Drawer } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { useShortcut } from "../../shell/shortcuts.tsx";
import { useTenant } from "../../tenant.ts";
import type { EventPlace } from "../event/event_detail.tsx";
import { EventDetail } from "../event/event_detail.tsx";
import { eventQuery } from "../event/event_reads.ts";
import type { EventView } from "./events_search.ts";

/** What of an event an address says. */
type Shown = { event: string | undefined; attempt: number | undefined; view: EventView | undefined };

/**
 * Open while `shown` names an event. `newerId` and `olderId` are its neighbours in the list, null at its ends. `onChange` puts
 * what is to be shown into the address; no event closes the drawer.
 */
export function EventDrawer({
  shown,
  newerId,
  olderId,
  onChange,
}: {
  shown: Shown;
  newerId: string | null;
  olderId: string | null;
  onChange: (shown: Shown, options?: { isReplacing?: boolean }) => void;
}) {
  const t = useT();
  const { event: eventId } = shown;
  const close = (): void => onChange({ event: undefined, attempt: undefined, view: undefined });
  return (
    <Drawer.Root opened={eventId !== undefined} onClose={close} position="right" size="min(1180px, 100%)">
      <Drawer.Overlay />
      {/* Keys of the page go on working inside. */}
      <Drawer.Content data-shortcuts>
        <Drawer.Header>
          <Drawer.Title fw={600}>
            {eventId === undefined ? t("event.title") : <DrawerTitle eventId={eventId} />}
          </Drawer.Title>
          <Drawer.CloseButton aria-label={t("parts.close")} />
        </Drawer.Header>
        <Drawer.Body>
          {eventId === undefined ? null : (
            <Inside eventId={eventId} shown={shown} newerId={newerId} olderId={olderId} onChange={onChange} />
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function DrawerTitle({ eventId }: { eventId: string }) {
  const t = useT();
  const event = useQuery(eventQuery(useTenant(), eventId)).data?.event;
  return event === undefined ? t("event.title") : `${labelText(event.topic)}.${labelText(event.action)}`;
}

function Inside({
  eventId,
  shown,
  newerId,
  olderId,
  onChange,
}: Parameters<typeof EventDrawer>[0] & { eventId: string }) {
  const t = useT();
  usePrefetch([newerId, olderId]);
  const goTo = (id: string | null): (() => void) | null =>
    id === null ? null : () => onChange({ ...shown, event: id, attempt: undefined }, { isReplacing: true });
  const place: EventPlace = {
    attempt: shown.attempt ?? null,
    view: shown.view ?? "request",
    onAttempt: (attempt) => onChange({ ...shown, attempt }, { isReplacing: true }),
    onView: (view) => onChange({ ...shown, view: view === "request" ? undefined : view }, { isReplacing: true }),
    onNewer: goTo(newerId),
    onOlder: goTo(olderId),
  };
  useShortcut("k", t("event.shortcut.newer"), () => place.onNewer?.());
  useShortcut("j", t("event.shortcut.older"), () => place.onOlder?.());
  return <EventDetail eventId={eventId} place={place} isPage={false} />;
}

/** The neighbours are there at once when somebody goes on to them. */
function usePrefetch(ids: readonly (string | null)[]): void {
  const tenant = useTenant();
  const queries = useQueryClient();
  const key = ids.join(" ");
  useEffect(() => {
    for (const id of key.split(" ")) {
      if (id !== "") queries.query(eventQuery(tenant, id)).catch(() => {});
    }
    // oxlint-disable-next-line react/exhaustive-deps -- the tenant is a new object at every render, and the page's own
  }, [key, queries]);
}
