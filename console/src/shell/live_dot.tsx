/** The dot in the bar: whether a window of this browser follows the environment live. It listens, and connects to nothing. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCircleDashed, IconCircleDot, IconPlugConnectedX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useT } from "../i18n/i18n.ts";
import type { FeedState } from "../screens/live/feed_connection.ts";
import type { FeedMessage } from "../screens/live/feed_messages.ts";
import { feedName } from "../screens/live/feed_messages.ts";
import { useCan } from "../session.ts";
import type { AppEnv } from "../tenant.ts";

const LOOKS = {
  none: { icon: IconCircleDashed, color: "gray" },
  connecting: { icon: IconCircleDashed, color: "blue" },
  live: { icon: IconCircleDot, color: "green" },
  waiting: { icon: IconPlugConnectedX, color: "yellow" },
  refused: { icon: IconPlugConnectedX, color: "red" },
} as const;

/** Leads to the live feed; nothing for a session that may not see events. */
export function LiveDot({ appId, appEnv }: { appId: string; appEnv: AppEnv }) {
  const t = useT();
  const isAllowed = useCan("events");
  const kind = useFeedKind(appId, appEnv);
  if (!isAllowed) return null;
  const { icon: Icon, color } = LOOKS[kind];
  const label = kind === "none" ? t("live.dot.none") : t("live.dot", { state: t(`live.state.${kind}`) });
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        size="lg"
        color={color}
        aria-label={label}
        visibleFrom="sm"
        renderRoot={(props) => <Link {...props} to="/a/$appId/$appEnv/live" params={{ appId, appEnv }} />}
      >
        <Icon size={18} stroke={1.8} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** What the window with the connection says; `none` while no window has one. */
function useFeedKind(appId: string, appEnv: AppEnv): FeedState["kind"] | "none" {
  const [kind, setKind] = useState<FeedState["kind"] | "none">("none");
  useEffect(() => {
    if (!("BroadcastChannel" in globalThis)) return undefined;
    const channel = new BroadcastChannel(feedName({ appId, appEnv }));
    channel.addEventListener("message", ({ data }) => {
      const message = data as FeedMessage; // nothing else is posted under this name
      if (message.kind === "state") setKind(message.state.kind);
      else if (message.kind === "bye") setKind("none");
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel never leaves its origin
    channel.postMessage({ kind: "hello" } satisfies FeedMessage);
    return () => {
      channel.close();
      setKind("none");
    };
  }, [appId, appEnv]);
  return kind;
}
