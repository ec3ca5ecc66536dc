/** The live feed: events and attempts of the environment as they happen. */
import { Anchor, Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { lazy, useEffect, useSyncExternalStore } from "react";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { FilterChips } from "../../parts/filter_chips.tsx";
import { LateDialog } from "../../parts/late_dialog.tsx";
import { PageTitle } from "../../parts/page_title.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { useStableCallback } from "../../parts/stable_callback.ts";
import { Empty, Loading } from "../../parts/states.tsx";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useShortcut } from "../../shell/shortcuts.tsx";
import { useTenant } from "../../tenant.ts";
import { useFailureAnnouncer } from "./failure_announcer.ts";
import { FeedFilters, useFilterChips } from "./feed_filters.tsx";
import type { Hold } from "./feed_hold.ts";
import { useHold } from "./feed_hold.ts";
import { FeedList } from "./feed_list.tsx";
import { neighboursIn } from "./feed_neighbours.ts";
import { feedQuery } from "./feed_row.ts";
import { FeedBanner, FeedStateBadge } from "./feed_state.tsx";
import type { LiveFeed } from "./live_feed.ts";
import type { LiveSearch } from "./live_search.ts";
import { liveSearch } from "./live_search.ts";
import { RateLine } from "./rate_line.tsx";
import { useLiveFeed } from "./use_live_feed.ts";

const EventDrawer = lazy(async () => ({ default: (await import("../events/event_drawer.tsx")).EventDrawer }));

/** The filter is in the address, and so is the event that is open. */
export function LiveScreen() {
  const t = useT();
  const tenant = useTenant();
  const search = liveSearch(useSearch({ strict: false }));
  const [isAnnouncing, setAnnouncing] = useLocalStorage({
    key: "ignisign-live-announce",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const onFailures = useFailureAnnouncer(isAnnouncing);
  const feed = useLiveFeed(tenant, search, onFailures);
  return (
    <>
      <PageTitle title={t("live.title")}>
        <ApiCallButton id="streamEvents" args={{ path: tenant, query: feedQuery(search) }} />
      </PageTitle>
      {feed === null ? (
        <Loading />
      ) : (
        <Feed feed={feed} search={search}>
          <Switch
            label={t("live.announce")}
            checked={isAnnouncing}
            onChange={(event) => setAnnouncing(event.currentTarget.checked)}
          />
        </Feed>
      )}
    </>
  );
}

/** `children` are further choices. */
function Feed({ feed, search, children }: { feed: LiveFeed; search: LiveSearch; children: ReactNode }) {
  const t = useT();
  const { nameOf } = useWebhookNames();
  const hold = useHold(feed);
  useSyncExternalStore(feed.subscribe, feed.version);
  const isPaused = hold.held?.reasons.includes("paused") ?? false;
  const toggle = (): void => {
    hold.set("paused", !isPaused);
    say(t(isPaused ? "live.resumed" : "live.paused"));
  };
  const clear = (): void => {
    feed.clear();
    hold.renew();
    say(t("live.cleared"));
  };
  const isCovered = search.event !== undefined;
  useShortcut("Space", t("live.shortcut.pause"), toggle, { isEnabled: !isCovered });
  const open = useOpening(search, hold);
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="end" gap="sm">
        <FeedFilters search={search} />
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={
              isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
            }
            onClick={toggle}
          >
            {t(isPaused ? "live.resume" : "live.pause")}
          </Button>
          <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={clear}>
            {t("live.clear")}
          </Button>
        </Group>
      </Group>
      <Group justify="space-between" gap="sm">
        <Group gap="md">
          <FeedStateBadge kind={feed.state.kind} />
          <RateLine feed={feed} />
        </Group>
        {children}
      </Group>
      <FeedBanner feed={feed} />
      <FeedList feed={feed} hold={hold} nameOf={nameOf} isCovered={isCovered} onOpen={open}>
        <NoLines feed={feed} search={search} />
      </FeedList>
      <LateDialog isOpen={isCovered}>
        <OpenEvent feed={feed} hold={hold} search={search} />
      </LateDialog>
    </Stack>
  );
}

/** Opens an event over the feed, which is held until it is closed: the line is where it was then. */
function useOpening({ event }: LiveSearch, { set }: Hold): (eventId: string) => void {
  const change = useSearchChange();
  const isOpen = event !== undefined;
  useEffect(() => {
    if (!isOpen) set("open", false);
  }, [isOpen, set]);
  return useStableCallback((eventId: string): void => {
    set("open", true);
    change({ event: eventId, attempt: undefined, view: undefined }, { isReplacing: isOpen });
  });
}

function OpenEvent({ feed, hold, search }: { feed: LiveFeed; hold: Hold; search: LiveSearch }) {
  const change = useSearchChange();
  const { event, attempt, view } = search;
  return (
    <EventDrawer
      shown={{ event, attempt, view }}
      {...neighboursIn(hold.held?.rows ?? feed.buffer.toArray(), event)}
      onChange={change}
    />
  );
}

function NoLines({ feed: { state }, search }: { feed: LiveFeed; search: LiveSearch }) {
  const t = useT();
  const tenant = useTenant();
  const filters = useFilterChips(search);
  if (state.kind === "connecting") return <Loading />;
  if (filters.chips.length > 0) {
    return (
      <Empty title={t("live.noMatch.title")}>
        <FilterChips {...filters} />
      </Empty>
    );
  }
  return (
    <Empty title={t("live.empty.title")}>
      <Text>{t("live.empty.text")}</Text>
      <Anchor renderRoot={(props) => <Link {...props} to="/a/$appId/$appEnv/webhooks" params={tenant} />}>
        {t("live.empty.webhooks")}
      </Anchor>
    </Empty>
  );
}
