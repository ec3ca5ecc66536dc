/** A job: how far it is, what came of it, and what to do with it. */
import { Anchor, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { CopyButton } from "../../parts/copy_button.tsx";
import { PageTitle } from "../../parts/page_title.tsx";
import { countText } from "../../parts/quantities.ts";
import { Loaded } from "../../parts/states.tsx";
import { ExactTime } from "../../parts/time_text.tsx";
import { useTimeFormat } from "../../parts/time_zone.ts";
import { useWebhookNames } from "../../parts/webhook_names.ts";
import { useTenant } from "../../tenant.ts";
import { JobActions } from "./job_actions.tsx";
import { JobFailures } from "./job_failures.tsx";
import { JobProgress } from "./job_progress.tsx";
import type { Job } from "./job_reads.ts";
import { outcomesLeft, useJob } from "./job_reads.ts";
import { JobStatusBadge, useScopeText } from "./job_words.tsx";
import classes from "./jobs.module.css";

/** The id is in the address; the server works on the job whoever looks. */
export function JobScreen() {
  const t = useT();
  const tenant = useTenant();
  const { jobId = "" } = useParams({ strict: false });
  const job = useJob(jobId);
  const scopeText = useScopeText();
  const path = { ...tenant, jobId };
  return (
    <>
      <PageTitle title={job.data === undefined ? t("jobs.job") : scopeText(job.data)}>
        <ApiCallButton
          id="getJob"
          args={{ path }}
          also={[
            { id: "pauseJob", args: { path } },
            { id: "resumeJob", args: { path } },
            { id: "cancelJob", args: { path } },
            { id: "listJobFailures", args: { path } },
            { id: "rerunJob", args: { path } },
          ]}
        />
      </PageTitle>
      <Loaded query={job}>{(loaded) => <JobReport job={loaded} />}</Loaded>
    </>
  );
}

function JobReport({ job }: { job: Job }) {
  const t = useT();
  const time = useTimeFormat({ timeStyle: "medium" });
  const { status, estimatedEndAt } = job;
  const left = outcomesLeft(job);
  useSayEnd(job);
  return (
    <Stack>
      <Paper withBorder p="md" component="section" aria-label={t("jobs.progress")}>
        <Stack>
          <Group justify="space-between">
            <JobStatusBadge status={status} />
            <JobActions job={job} />
          </Group>
          <JobProgress job={job} />
          {status === "RUNNING" && estimatedEndAt !== null ? (
            <Text size="sm">
              {t("jobs.endsAt", { at: time(new Date(estimatedEndAt)) })} {t("jobs.slower")} {t("jobs.survives")}
            </Text>
          ) : null}
          {status === "DONE" && left > 0 ? <Text size="sm">{t("jobs.outcomes", { count: left })}</Text> : null}
        </Stack>
      </Paper>
      <JobFacts job={job} />
      <section aria-labelledby="job-failures">
        <Title order={2} size="h4" mb="xs" id="job-failures">
          {t("jobs.failures")}
        </Title>
        <JobFailures job={job} />
      </section>
    </Stack>
  );
}

function JobFacts({ job }: { job: Job }) {
  const t = useT();
  const locale = useLocale();
  const tenant = useTenant();
  const scopeText = useScopeText();
  const { nameOf } = useWebhookNames();
  const { _id: jobId, webhookId, filter, rate, total, createdBy, _createdAt, endedAt } = job;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="job-facts">
      <Title order={2} size="h4" mb="sm" id="job-facts">
        {t("jobs.facts")}
      </Title>
      <dl className={classes["facts"]}>
        <Fact name={t("jobs.id")}>
          <span className="mono">{jobId}</span> <CopyButton value={jobId} what={t("jobs.id")} />
        </Fact>
        <Fact name={t("jobs.column.scope")}>
          {filter.failuresOf === undefined ? (
            scopeText(job)
          ) : (
            <Anchor
              size="sm"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/a/$appId/$appEnv/jobs/$jobId"
                  params={{ ...tenant, jobId: filter.failuresOf ?? "" }}
                />
              )}
            >
              {scopeText(job)}
            </Anchor>
          )}
        </Fact>
        <Fact name={t("jobs.resend.count")}>{countText(total, locale)}</Fact>
        <Fact name={t("jobs.column.webhook")}>
          {webhookId === null ? (
            t("jobs.allWebhooks")
          ) : (
            <Anchor
              size="sm"
              renderRoot={(props) => (
                <Link {...props} to="/a/$appId/$appEnv/webhooks/$webhookId" params={{ ...tenant, webhookId }} />
              )}
            >
              {nameOf(webhookId)}
            </Anchor>
          )}
        </Fact>
        <Fact name={t("jobs.column.rate")}>{t("jobs.perSecond", { rate })}</Fact>
        <Fact name={t("jobs.column.createdBy")}>{createdBy}</Fact>
        <Fact name={t("jobs.column.createdAt")}>
          <ExactTime at={_createdAt} />
        </Fact>
        {endedAt === null ? null : (
          <Fact name={t("jobs.column.endedAt")}>
            <ExactTime at={endedAt} />
          </Fact>
        )}
      </dl>
    </Paper>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Says once that the job has come to its end while the page was open. */
function useSayEnd(job: Job): void {
  const t = useT();
  const locale = useLocale();
  const before = useRef(job.status);
  const { status, passed, failed, skipped } = job;
  useEffect(() => {
    const hasEnded = before.current === "RUNNING" && status === "DONE";
    before.current = status;
    if (!hasEnded) return;
    const [passedText, failedText, skippedText] = [passed, failed, skipped].map((count) => countText(count, locale));
    say(t("jobs.said.done", { passed: passedText ?? "", failed: failedText ?? "", skipped: skippedText ?? "" }));
  }, [status, passed, failed, skipped, locale, t]);
}
