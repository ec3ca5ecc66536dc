/** The fields that the catalogue knows of a content, and how the typed one stands to them. */
import { Badge, Code, List, Text } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { fieldHints } from "./test_request.ts";
import classes from "./webhook.module.css";

const COLORS = { fits: "gray", missing: "red", mismatch: "red" } as const;

/** Folded away while everything fits. */
export function TestFields({ schema, content }: { schema: unknown; content: string }) {
  const t = useT();
  const hints = fieldHints(schema, content);
  const wrong = hints.filter(({ state }) => state !== "fits").length;
  if (hints.length === 0) return null;
  return (
    <details className={classes["details"]}>
      <summary>{t("test.fields", { count: hints.length, wrong })}</summary>
      <List size="sm" mt="xs" spacing={2}>
        {hints.map(({ name, type, isRequired, state }) => (
          <List.Item key={name}>
            <Code>{name}</Code>{" "}
            <Text span size="sm" lang="en">
              {type}
            </Text>
            {isRequired ? ` · ${t("test.required")}` : ""}{" "}
            {state === "fits" ? null : (
              <Badge size="sm" variant="light" color={COLORS[state]} tt="none">
                {t(`test.field.${state}`)}
              </Badge>
            )}
          </List.Item>
        ))}
      </List>
    </details>
  );
}
