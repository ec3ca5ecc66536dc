/** Which actions of the catalogue this browser has not shown before: they are marked as new, once. */
import { useEffect, useState } from "react";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { actionName } from "./topic_choice.ts";

const STORAGE_KEY = "ignisign-known-actions";

/** `TOPIC.ACTION` of each; nothing at the first visit, when everything would be new. */
export function useFreshActions(topics: Topics): ReadonlySet<string> {
  const [known] = useState(knownActions);
  const all = Object.entries(topics).flatMap(([topic, { actions }]) =>
    Object.keys(actions).map((action) => actionName(topic, action)),
  );
  const text = all.join(" ");
  useEffect(() => localStorage.setItem(STORAGE_KEY, text), [text]);
  return new Set(known === null ? [] : all.filter((name) => !known.has(name)));
}

function knownActions(): ReadonlySet<string> | null {
  const text = localStorage.getItem(STORAGE_KEY);
  return text === null ? null : new Set(text.split(" "));
}
