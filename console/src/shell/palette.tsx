/** The palette: pages, actions, and any pasted id, which opens what it names. */
import { Spotlight, spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { IconArrowRight, IconSearch } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useT } from "../i18n/i18n.ts";
import { usePaletteEntries } from "./palette_entries.ts";

/** Mounted when it is opened for the first time; opens with each of its `openings`. */
export default function Palette({ openings }: { openings: number }) {
  const t = useT();
  useEffect(() => {
    if (openings > 0) spotlight.open();
  }, [openings]);
  const [query, setQuery] = useState("");
  const { appId } = useParams({ strict: false });
  const entries = usePaletteEntries(query.trim());
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      clearQueryOnClose
      size="lg"
      title={t("palette.title")}
    >
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.title")}
        leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {entries.length === 0 ? (
          <Spotlight.Empty>{t(appId === undefined ? "palette.chooseFirst" : "palette.nothing")}</Spotlight.Empty>
        ) : null}
        {entries.map(({ id, label, group, run }) => (
          <Spotlight.Action
            key={id}
            label={label}
            description={group}
            leftSection={<IconArrowRight size={18} stroke={1.6} aria-hidden />}
            onClick={run}
          />
        ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
