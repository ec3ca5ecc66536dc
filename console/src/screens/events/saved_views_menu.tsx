/** The menu of views: those that most people ask for, those that somebody has named, and a way to name one. */
import { Button, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { toastDone } from "../../parts/toast.ts";
import { useTenant } from "../../tenant.ts";
import { withoutFilters } from "./events_filter.ts";
import type { EventsSearch } from "./events_search.ts";
import type { SavedView } from "./saved_views.ts";
import { parseViews, STANDARD_VIEWS, stringifyViews, VIEW_NAME_CHARS_MAX, withView } from "./saved_views.ts";

/** Every view is a link: it can be opened in a tab of its own, and sent to somebody. */
export function SavedViewsMenu({ search }: { search: EventsSearch }) {
  const t = useT();
  const [views, setViews] = useViews();
  const [isNaming, naming] = useDisclosure(false);
  const [isManaging, managing] = useDisclosure(false);
  const keep = (name: string): void => {
    setViews(withView(views, name, search));
    toastDone(t("events.views.kept", { name }));
    naming.close();
  };
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} stroke={1.6} aria-hidden />}>
            {t("events.views")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {STANDARD_VIEWS.map(({ name, search: filters }) => (
            <ViewLink key={name} label={t(name)} search={filters} />
          ))}
          {views.length === 0 ? null : <Menu.Divider />}
          {views.map((view) => (
            <ViewLink key={view.name} label={labelText(view.name)} search={view.search} />
          ))}
          <Menu.Divider />
          <Menu.Item onClick={naming.open}>{t("events.views.keep")}</Menu.Item>
          {views.length === 0 ? null : <Menu.Item onClick={managing.open}>{t("events.views.manage")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={isNaming}
        onClose={naming.close}
        title={t("events.views.keep")}
        closeButtonProps={{ "aria-label": t("parts.close") }}
      >
        <NameForm onKeep={keep} />
      </Modal>
      <Modal
        opened={isManaging}
        onClose={managing.close}
        title={t("events.views.manage")}
        closeButtonProps={{ "aria-label": t("parts.close") }}
      >
        <ViewList views={views} onRemove={(name) => setViews(views.filter((view) => view.name !== name))} />
      </Modal>
    </>
  );
}

function ViewLink({ label, search }: { label: string; search: EventsSearch }) {
  // Everything that a view does not say is taken back, what the page has besides stays.
  const next = (old: object) => ({ ...old, ...withoutFilters(), ...search });
  return <Menu.Item renderRoot={(props) => <Link {...props} to="." search={next as never} />}>{label}</Menu.Item>;
}

function NameForm({ onKeep }: { onKeep: (name: string) => void }) {
  const t = useT();
  const [name, setName] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") onKeep(name.trim());
      }}
    >
      <Stack>
        <Text size="sm">{t("events.views.keepHint")}</Text>
        <TextInput
          label={t("events.views.name")}
          required
          maxLength={VIEW_NAME_CHARS_MAX}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          data-autofocus
        />
        <Group justify="end">
          <Button type="submit">{t("parts.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function ViewList({ views, onRemove }: { views: readonly SavedView[]; onRemove: (name: string) => void }) {
  const t = useT();
  if (views.length === 0) return <Text size="sm">{t("events.views.none")}</Text>;
  return (
    <Stack gap="xs">
      {views.map(({ name }) => (
        <Group key={name} justify="space-between" wrap="nowrap">
          <Text size="sm">{labelText(name)}</Text>
          <Button
            variant="subtle"
            color="red"
            size="compact-sm"
            leftSection={<IconTrash size={14} aria-hidden />}
            aria-label={t("events.views.remove", { name: labelText(name) })}
            onClick={() => onRemove(name)}
          >
            {t("events.views.removeShort")}
          </Button>
        </Group>
      ))}
    </Stack>
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
