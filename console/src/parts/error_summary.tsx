/** What is wrong with a form, in one place that receives the focus; each line leads to its field. */
import { Alert, Anchor, List } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";

/** A line. `fieldId` is the id of the field's input; null: it belongs to no field. `english`: what the server adds to it. */
export type FormProblem = { fieldId: string | null; text: string; english?: string };

/** Nothing without problems. Give it a new `attempt` at every submission, so that the focus comes back to it. */
export function ErrorSummary({
  title,
  problems,
  attempt,
}: {
  title: string;
  problems: readonly FormProblem[];
  attempt: number;
}) {
  const box = useRef<HTMLDivElement>(null);
  const isShown = problems.length > 0;
  useEffect(() => {
    if (isShown && attempt > 0) box.current?.focus();
  }, [isShown, attempt]);
  if (!isShown) return null;
  return (
    <Alert
      ref={box}
      color="red"
      title={title}
      icon={<IconAlertTriangle aria-hidden />}
      role="alert"
      tabIndex={-1}
      mb="md"
    >
      <List size="sm">
        {problems.map(({ fieldId, text, english = "" }, at) => (
          <List.Item key={at}>
            {fieldId === null ? (
              <>
                {text} {english === "" ? null : <span lang="en">{english}</span>}
              </>
            ) : (
              <Anchor
                component="button"
                type="button"
                ta="start"
                size="sm"
                mih={24}
                onClick={() => focusField(fieldId)}
              >
                {text}
              </Anchor>
            )}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function focusField(id: string): void {
  const field = document.getElementById(id);
  field?.scrollIntoView({ block: "center" });
  field?.focus();
}
