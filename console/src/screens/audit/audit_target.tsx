/** What an entry is about, as a link where the console has a page for it. */
import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { labelText } from "../../parts/label_text.ts";
import { useTenant } from "../../tenant.ts";
import type { AuditEntry } from "./audit_entry.tsx";

/** Deleted things keep their link, which says that they are gone. */
export function AuditTarget({ entry: { target } }: { entry: AuditEntry }) {
  const { appId, appEnv } = useTenant();
  const text = <span className="mono">{labelText(target.id)}</span>;
  const to = pathOf(target.kind, target.id);
  if (to === null) return text;
  return (
    <Anchor renderRoot={(props) => <Link {...props} to={`/a/${encodeURIComponent(appId)}/${appEnv}/${to}`} />}>
      {text}
    </Anchor>
  );
}

function pathOf(kind: string, id: string): string | null {
  const encoded = encodeURIComponent(id);
  switch (kind) {
    case "webhook":
      return `webhooks/${encoded}`;
    case "event":
      return `events/${encoded}`;
    case "job":
      return `jobs/${encoded}`;
    case "api-key":
      return "keys";
    case "settings":
      return "settings";
    default:
      return null;
  }
}
