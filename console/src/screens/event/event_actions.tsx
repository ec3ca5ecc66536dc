/** What can be done with an event: resend, copy, go to the next one; each with its key. */
import { Button, Group } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconExternalLink, IconLink, IconRefresh } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { toastDone } from "../../parts/toast.ts";
import { useCan } from "../../session.ts";
import { useShortcut } from "../../shell/shortcuts.tsx";
import { useTenant } from "../../tenant.ts";
import { CurlButton } from "./curl_dialog.tsx";
import { EventApiCalls } from "./event_api_calls.tsx";
import type { EventPlace } from "./event_detail.tsx";
import type { Attempt, ReadEvent } from "./event_model.ts";
import { eventPath } from "./event_path.ts";
import { useShownResend } from "./resend.tsx";

/** `attempt` is the one that is shown, for the link. */
export function EventActions({
  read: { event, contentText },
  attempt,
  place,
  isPage,
}: {
  read: ReadEvent;
  attempt: Attempt | null;
  place: EventPlace;
  isPage: boolean;
}) {
  const t = useT();
  const tenant = useTenant();
  const clipboard = useClipboard();
  const canSign = useCan("webhooks");
  const { resend, busyId, dialog } = useShownResend(event._id);
  const isErased = contentText === null;
  const isOnItsWay = event.status === "PENDING";
  const path = eventPath(tenant, { ...event, attempt: place.attempt === null ? null : (attempt?.number ?? null) });
  const send = (): void => resend(event);
  const copyId = (): void => {
    clipboard.copy(event._id);
    toastDone(t("parts.copiedNamed", { what: t("event.fact.id") }));
    say(t("parts.copiedNamed", { what: t("event.fact.id") }));
  };
  const copyLink = (): void => {
    clipboard.copy(`${location.origin}${path}`);
    toastDone(t("parts.copiedNamed", { what: t("event.link") }));
    say(t("parts.copiedNamed", { what: t("event.link") }));
  };
  useShortcut("r", t("event.shortcut.resend"), send, { isEnabled: !isErased && !isOnItsWay });
  useShortcut("c", t("event.shortcut.copyId"), copyId);
  useShortcut("[", t("event.shortcut.newer"), () => place.onNewer?.(), { isEnabled: place.onNewer !== null });
  useShortcut("]", t("event.shortcut.older"), () => place.onOlder?.(), { isEnabled: place.onOlder !== null });
  return (
    <Group gap="xs">
      <Button
        leftSection={<IconRefresh size={16} stroke={1.6} aria-hidden />}
        loading={busyId !== null}
        disabled={isErased || isOnItsWay}
        title={isErased ? t("event.erased") : isOnItsWay ? t("event.onItsWay") : undefined}
        onClick={send}
      >
        {t("resend.action")}
      </Button>
      {canSign ? <CurlButton event={event} isErased={isErased} /> : null}
      <Button variant="default" leftSection={<IconLink size={16} stroke={1.6} aria-hidden />} onClick={copyLink}>
        {t("event.copyLink")}
      </Button>
      <Button.Group>
        <Button
          variant="default"
          leftSection={<IconArrowUp size={16} stroke={1.6} aria-hidden />}
          disabled={place.onNewer === null}
          onClick={() => place.onNewer?.()}
        >
          {t("event.newer")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconArrowDown size={16} stroke={1.6} aria-hidden />}
          disabled={place.onOlder === null}
          onClick={() => place.onOlder?.()}
        >
          {t("event.older")}
        </Button>
      </Button.Group>
      <EventApiCalls event={event} number={attempt?.number ?? null} />
      {isPage ? null : (
        <Button
          variant="default"
          leftSection={<IconExternalLink size={16} stroke={1.6} aria-hidden />}
          renderRoot={(props) => <Link {...props} to={path} />}
        >
          {t("event.openPage")}
        </Button>
      )}
      {dialog}
    </Group>
  );
}
