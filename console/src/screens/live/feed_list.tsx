/** The lines of the live feed, newest first: only those in sight are in the page; `j` and `k` move, Enter opens. */
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { ReactNode } from "react";
import { useRef, useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { useShortcut } from "../../shell/shortcuts.tsx";
import type { Hold } from "./feed_hold.ts";
import { FeedLine } from "./feed_line.tsx";
import classes from "./live.module.css";
import type { LiveFeed } from "./live_feed.ts";

const LINE_HEIGHT = 34;
const NARROW_LINE_HEIGHT = 62;
const OVERSCAN = 6;

/** `children` stand in place of lines while there are none. */
export function FeedList({
  feed,
  hold,
  nameOf,
  isCovered,
  onOpen,
  children,
}: {
  feed: LiveFeed;
  hold: Hold;
  nameOf: (webhookId: string) => string;
  /** Details are open over the list: its keys rest. */
  isCovered: boolean;
  /** Has to stay the same from render to render. */
  onOpen: (eventId: string) => void;
  children: ReactNode;
}) {
  const t = useT();
  const { held, set } = hold;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | null>(null);
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const lineHeight = isNarrow ? NARROW_LINE_HEIGHT : LINE_HEIGHT;
  const rowAt = (index: number) => (held === null ? feed.buffer.at(index) : held.rows[index]);
  const count = held?.rows.length ?? feed.buffer.size;
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by what the virtualizer returns
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: OVERSCAN,
    getItemKey: (index) => rowAt(index)?.number ?? -index,
  });
  const activeIndex = held?.rows.findIndex(({ number }) => number === active) ?? -1;
  const move = (by: number): void => {
    set("reading", true);
    const rows = held?.rows ?? feed.buffer.toArray();
    const index = activeIndex === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, activeIndex + by));
    const number = rows[index]?.number;
    if (number === undefined) return;
    setActive(number);
    virtual.scrollToIndex(index);
    const focus = (): void =>
      scroller.current?.querySelector<HTMLElement>(`a[data-number="${number}"]`)?.focus({ preventScroll: true });
    // A line that was out of sight is in the page after the next frame.
    requestAnimationFrame(() => requestAnimationFrame(focus));
  };
  const hasKeys = count > 0 && !isCovered;
  useShortcut("j", t("table.next"), () => move(1), { isEnabled: hasKeys });
  useShortcut("k", t("table.previous"), () => move(-1), { isEnabled: hasKeys });
  return (
    <div className={classes["frame"]}>
      <NewLines hold={hold} onShow={() => scroller.current?.scrollTo({ top: 0 })} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- nothing is done by it, only held still */}
      <div
        ref={scroller}
        className={classes["scroller"]}
        role="log"
        aria-live="off"
        aria-label={t("live.log")}
        tabIndex={0}
        onPointerEnter={({ pointerType }) => pointerType === "mouse" && set("pointing", true)}
        onPointerLeave={() => set("pointing", false)}
        onFocus={({ target }) => target !== scroller.current && set("reading", true)}
        onBlur={({ relatedTarget }) => {
          if (!scroller.current?.contains(relatedTarget)) set("reading", false);
        }}
        onScroll={({ currentTarget }) => set("scrolled", currentTarget.scrollTop > lineHeight)}
      >
        {count === 0 ? children : null}
        <ol className={classes["lines"]} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rowAt(index);
            return row === undefined ? null : (
              <li key={key} style={{ height: lineHeight, transform: `translateY(${start}px)` }}>
                <FeedLine
                  row={row}
                  endpoint={nameOf(row.webhookId)}
                  isActive={activeIndex === -1 ? index === 0 : index === activeIndex}
                  onOpen={onOpen}
                />
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

/** Says whether the list follows or is held, and how much has come since. Always there, so that lines stay in their place. */
function NewLines({ hold: { held, newCount, renew }, onShow }: { hold: Hold; onShow: () => void }) {
  const t = useT();
  if (held === null) return <div className={classes["bar"]}>{t("live.following")}</div>;
  const isPaused = held.reasons.includes("paused");
  return (
    <div className={classes["bar"]} data-held="true">
      <strong>{t("live.held", { count: newCount })}</strong>
      <span className={classes["hint"]}>{t(isPaused ? "live.held.hint.paused" : "live.held.hint.reading")}</span>
      {newCount === 0 ? null : (
        <Button
          size="compact-sm"
          leftSection={<IconArrowUp size={14} aria-hidden />}
          onClick={() => {
            renew();
            onShow();
          }}
        >
          {t("live.showNew")}
        </Button>
      )}
    </div>
  );
}
