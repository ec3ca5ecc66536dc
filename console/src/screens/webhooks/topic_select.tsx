/** Chooses a topic or one of its actions. */
import { NativeSelect } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { actionName } from "../webhook/topic_choice.ts";
import type { Topics } from "./webhook_reads.ts";

/** `value`: `TOPIC`, `TOPIC.ACTION`, or empty for `none`, the text of the first choice. */
export function TopicSelect({
  label,
  none,
  topics,
  value,
  onChange,
}: {
  label: string;
  none: string;
  topics: Topics;
  value: string;
  onChange: (name: string) => void;
}) {
  const t = useT();
  const groups = Object.entries(topics).map(([topic, { actions }]) => ({
    group: topic,
    items: [
      { value: topic, label: t("webhooks.topicWhole", { topic }) },
      ...Object.keys(actions).map((action) => {
        const name = actionName(topic, action);
        return { value: name, label: name };
      }),
    ],
  }));
  const isKnown = value === "" || groups.some(({ items }) => items.some((item) => item.value === value));
  const unknown = isKnown ? [] : [{ value, label: value }];
  return (
    <NativeSelect
      label={label}
      value={value}
      data={[{ value: "", label: none }, ...unknown, ...groups]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
