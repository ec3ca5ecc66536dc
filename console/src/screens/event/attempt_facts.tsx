/** How an attempt went on the way: its phases, the address and TLS that it met, who made it, and its verification token. */
import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { labelText } from "../../parts/label_text.ts";
import { useSession } from "../../session.ts";
import type { Attempt } from "./event_model.ts";
import { TokenLine } from "./token_line.tsx";
import { Waterfall } from "./waterfall.tsx";

/** `ttlMs` is how long tokens can be used, null where that is not known. */
export function AttemptFacts({ attempt, ttlMs }: { attempt: Attempt; ttlMs: number | null }) {
  const t = useT();
  const tls = tlsText(attempt);
  return (
    <Stack gap="xs">
      <Waterfall attempt={attempt} />
      {attempt.address === undefined ? null : (
        <Text size="sm">
          <b>{t("event.address")}</b>: <span className="mono">{labelText(attempt.address)}</span>
        </Text>
      )}
      {tls === null ? null : (
        <Text size="sm">
          <b>TLS</b>: <span className="mono">{labelText(tls)}</span>
        </Text>
      )}
      {attempt.workerId === undefined ? null : (
        <Text size="sm">
          <b>{t("event.worker")}</b>: <Worker id={attempt.workerId} />
        </Text>
      )}
      <TokenLine attempt={attempt} ttlMs={ttlMs} />
    </Stack>
  );
}

/** For the operator with a link to what is known of the workers that live. */
function Worker({ id }: { id: string }) {
  const shown = <span className="mono">{labelText(id)}</span>;
  if (useSession()?.kind !== "operator") return shown;
  return <Anchor renderRoot={(props) => <Link {...props} to="/system" />}>{shown}</Anchor>;
}

/** "TLSv1.3, TLS_AES_128_GCM_SHA256, example.com (Let's Encrypt)"; null without TLS. */
function tlsText({ tls }: Attempt): string | null {
  if (typeof tls !== "object" || tls === null) return null;
  const { protocol, cipher, certificate } = tls as Record<string, unknown>; // what the server recorded
  const { subject, issuer } = (certificate ?? {}) as Record<string, unknown>; // likewise
  const name = typeof subject === "string" ? [subject, typeof issuer === "string" ? `(${issuer})` : ""].join(" ") : "";
  return [protocol, cipher, name.trim()].filter((part) => typeof part === "string" && part !== "").join(", ");
}
