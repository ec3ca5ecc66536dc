/** What deliveries to a URL would meet, checked by the server without sending anything. */
import { Button, Group, List, Loader, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconMinus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import { hostOf, labelText } from "../../parts/label_text.ts";
import { ExactTime } from "../../parts/time_text.tsx";
import { ProblemWords } from "../../parts/problem_words.tsx";
import { useTenant } from "../../tenant.ts";

type Report = Answer<"checkWebhookUrl">;
type Check = Report["checks"][number];

const LOOKS = {
  passed: { icon: IconCheck, color: "green" },
  warning: { icon: IconAlertTriangle, color: "yellow" },
  failed: { icon: IconX, color: "red" },
  skipped: { icon: IconMinus, color: "gray" },
} as const satisfies Record<Check["outcome"], unknown>;
const STALE_MS = 60_000;

/** One line to a check, in the order in which a delivery goes through them. */
export function UrlChecks({ url }: { url: string }) {
  const t = useT();
  const tenant = useTenant();
  const check = useQuery({
    queryKey: ["url-check", tenant.appId, tenant.appEnv, url],
    queryFn: ({ signal }) => call("checkWebhookUrl", { path: tenant, body: { url }, signal }),
    staleTime: STALE_MS,
  });
  if (check.isFetching) {
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" aria-hidden />
        <Text size="sm">{t("check.running", { host: hostOf(url) })}</Text>
      </Group>
    );
  }
  if (check.error !== null || check.data === undefined) {
    return (
      <Group gap="xs" role="status">
        <Text size="sm">
          <ProblemWords error={check.error} />
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => void check.refetch()}>
          {t("check.again")}
        </Button>
      </Group>
    );
  }
  return <CheckList report={check.data} url={url} onAgain={() => void check.refetch()} />;
}

function CheckList({ report, url, onAgain }: { report: Report; url: string; onAgain: () => void }) {
  const t = useT();
  const { checks, certificate } = report;
  return (
    <div role="status" aria-label={t("check.title")}>
      <Text size="sm" fw={500}>
        {t(verdictOf(report), { host: hostOf(url) })}
      </Text>
      <List size="sm" spacing={4} my="xs" center>
        {checks.map((check) => (
          <List.Item key={check.name} icon={<CheckIcon outcome={check.outcome} />}>
            {checkText(t, check)}{" "}
            {check.outcome === "failed" || check.outcome === "warning" ? (
              <span lang="en">{labelText(check.message)}</span>
            ) : null}
          </List.Item>
        ))}
      </List>
      {certificate === null ? null : (
        <Text size="sm">
          {t("check.certificate", {
            subject: labelText(certificate.subject ?? "–"),
            issuer: labelText(certificate.issuer ?? "–"),
          })}{" "}
          <ExactTime at={certificate.validTo} />
        </Text>
      )}
      <Button size="compact-sm" variant="default" mt={4} onClick={onAgain}>
        {t("check.again")}
      </Button>
    </div>
  );
}

function CheckIcon({ outcome }: { outcome: Check["outcome"] }) {
  const { icon: Icon, color } = LOOKS[outcome];
  return (
    <ThemeIcon size={18} radius="xl" variant="light" color={color}>
      <Icon size={12} stroke={2.4} aria-hidden />
    </ThemeIcon>
  );
}

function checkText(t: Translate, { name, outcome }: Check): string {
  return t("check.line", { name: t(`check.name.${name}`), outcome: t(`check.outcome.${outcome}`) });
}

/** The server takes a URL that cannot be reached yet: only what its policy refuses can never be delivered to. */
function verdictOf({ isAccepted, checks }: Report) {
  if (!isAccepted) return "check.refused" as const;
  if (checks.some(({ outcome }) => outcome === "failed")) return "check.unreachable" as const;
  return checks.some(({ outcome }) => outcome === "warning") ? ("check.warned" as const) : ("check.good" as const);
}
