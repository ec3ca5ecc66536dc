/** The menu of views: those that most people ask for, one's own, those that all share, and a way to save one. */
import { Button, Menu } from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { IconBookmark } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { lazy } from "react";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { LateDialog } from "../../parts/late_dialog.tsx";
import { ProblemWords } from "../../parts/problem_words.tsx";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import { withoutFilters } from "./events_filter.ts";
import type { EventsSearch } from "./events_search.ts";
import type { SavedView } from "./saved_views.ts";
import { parseViews, searchOfView, STANDARD_VIEWS, stringifyViews, withView } from "./saved_views.ts";
import { useSharedViews } from "./shared_views.ts";

const SaveViewDialog = lazy(() => import("./save_view_dialog.tsx"));
const ManageViewsDialog = lazy(() => import("./manage_views_dialog.tsx"));

/** Every view is a link: it can be opened in a tab of its own, and sent to somebody. */
export function SavedViewsMenu({ search }: { search: EventsSearch }) {
  const t = useT();
  const [views, setViews] = useViews();
  const [isOpen, menu] = useDisclosure(false);
  const [isNaming, naming] = useDisclosure(false);
  const [isManaging, managing] = useDisclosure(false);
  return (
    <>
      {/* There may be more views than the window shows at a time: the menu takes what room there is, and scrolls. */}
      <Menu opened={isOpen} onChange={menu.set} middlewares={{ size: { padding: 8 } }}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} stroke={1.6} aria-hidden />}>
            {t("events.views")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown style={{ overflowY: "auto" }}>
          {STANDARD_VIEWS.map(({ name, search: filters }) => (
            <ViewLink key={name} label={t(name)} search={filters} />
          ))}
          {views.length === 0 ? null : (
            <Part title={t("events.views.mine")}>
              {views.map((view) => (
                <ViewLink key={view.name} label={labelText(view.name)} search={view.search} />
              ))}
            </Part>
          )}
          <SharedPart isOpen={isOpen} />
          <Menu.Divider />
          <Menu.Item onClick={naming.open}>{t("events.views.keep")}</Menu.Item>
          <Menu.Item onClick={managing.open}>{t("events.views.manage")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <LateDialog isOpen={isNaming}>
        <SaveViewDialog
          search={search}
          onKeep={(name) => setViews(withView(views, name, search))}
          onClose={naming.close}
        />
      </LateDialog>
      <LateDialog isOpen={isManaging}>
        <ManageViewsDialog
          views={views}
          onRemove={(name) => setViews(views.filter((view) => view.name !== name))}
          onClose={managing.close}
        />
      </LateDialog>
    </>
  );
}

/** Nothing where there are none; where they cannot be read, why. */
function SharedPart({ isOpen }: { isOpen: boolean }) {
  const t = useT();
  const canRead = useCan("events");
  const shared = useSharedViews(isOpen && canRead);
  const views = shared.data ?? [];
  if (canRead && views.length === 0 && shared.error === null && !shared.isPending) return null;
  return (
    <Part title={t("events.views.shared")}>
      {canRead ? null : <Menu.Item disabled>{t("events.views.forbidden")}</Menu.Item>}
      {canRead && shared.isPending ? <Menu.Item disabled>{t("parts.loading")}</Menu.Item> : null}
      {shared.error === null ? null : (
        <Menu.Item disabled>
          <ProblemWords error={shared.error} />
        </Menu.Item>
      )}
      {views.map((view) => (
        <ViewLink key={view._id} label={labelText(view.name)} search={searchOfView(view.query)} />
      ))}
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <Menu.Divider />
      <div role="group" aria-label={title}>
        <Menu.Label aria-hidden>{title}</Menu.Label>
        {children}
      </div>
    </>
  );
}

function ViewLink({ label, search }: { label: string; search: EventsSearch }) {
  // Everything that a view does not say is taken back, what the page has besides stays.
  const next = (old: object) => ({ ...old, ...withoutFilters(), ...search });
  return (
    <Menu.Item
      style={{ overflowWrap: "anywhere" }}
      renderRoot={(props) => <Link {...props} to="." search={next as never} />}
    >
      {label}
    </Menu.Item>
  );
}

function useViews(): [SavedView[], (views: readonly SavedView[]) => void] {
  const { appId, appEnv } = useTenant();
  const [text, setText] = useLocalStorage({
    key: `ignisign-event-views:${appId}:${appEnv}`,
    defaultValue: "[]",
    getInitialValueInEffect: false,
    serialize: (value) => value,
    deserialize: (value) => value ?? "[]",
  });
  return [parseViews(text), (views) => setText(stringifyViews(views))];
}
