/** Jobs, the bulk work on events: what they are, and the calls about those that were started. */
import type { SearchData, WebhookEvent } from "./event.ts";
import type { Answer, Http } from "./http.ts";
import { idempotencyHeader, path } from "./http.ts";

/** Which events a job resends, and how fast. */
export type EventResend = {
  /** Default `FAILED`. */
  filter?: "ALL" | "SUCCESS" | "PASSED" | "FAILED";
  topic?: string;
  action?: string;
  /** A status (`503`), a class of statuses (`4xx`) or an error code. */
  code?: string;
  /** Inclusive. */
  from?: Date | string;
  /** Exclusive. */
  to?: Date | string;
  /** These events, up to 1,000, in place of a filter. */
  eventIds?: string[];
  /** Events a second, 1 to 1,000; default 10. */
  rate?: number;
};

/** Which messages a job replays to a webhook that has missed them, and how fast. */
export type WebhookReplay = Pick<EventResend, "to" | "rate"> & { from: Date | string };

/** `idempotencyKey` (1 to 255 visible ASCII characters) makes it safe to repeat a call: a repeat answers the same job. */
export type JobOptions = { idempotencyKey?: string };

/** With it, a call starts nothing and answers a {@link JobPreview}. */
export type DryRun = { dryRun: true };

/** What a job would do. `count` is what would be sent; `skipped` is not in it. */
export type JobPreview = {
  count: number;
  byTopic: { topic: string; action: string; count: number }[];
  byWebhook: { webhookId: string; count: number }[];
  /** On their way already; of a disabled or deleted webhook; erased. */
  skipped: { pending: number; disabled: number; erased: number };
};

/** A job. */
export type Job = {
  _id: string;
  appId: string;
  appEnv: string;
  kind: "RESEND" | "REPLAY";
  /** Null: all webhooks. */
  webhookId: string | null;
  /** As it was asked for. `failuresOf`: the job whose failures it takes. */
  filter: {
    filter?: string;
    topic?: string;
    action?: string;
    code?: string;
    from?: string;
    to?: string;
    eventIds?: string[];
    failuresOf?: string;
  };
  rate: number;
  /** `DONE`: everything is on its way or skipped; outcomes come in until `passed` + `failed` is `queued`. */
  status: "RUNNING" | "PAUSED" | "DONE" | "CANCELLED";
  /** What was selected at the start. */
  total: number;
  /** `queued` + `skipped`. */
  processed: number;
  queued: number;
  skipped: number;
  passed: number;
  failed: number;
  estimatedEndAt: string | null;
  createdBy: string;
  _createdAt: string;
  _updatedAt: string;
  endedAt: string | null;
};

/** Which page of a list. */
export type PageQuery = { page?: number; cursor?: string; limit?: number };
/** A page of jobs, newest first. */
export type JobList = { items: Job[]; searchData: SearchData; nextCursor: string | null };
/** A page of the events whose attempt by the job failed, as they are now, newest first. */
export type JobFailures = { items: WebhookEvent[]; searchData: SearchData; nextCursor: string | null };

/** The calls about jobs. Each throws `IgnisignError` when it fails. Jobs are started where their events are. */
export class JobsV4 {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** A page of the jobs of an environment, newest first. */
  async getJobs(appId: string, appEnv: string, query: PageQuery = {}): Promise<Answer<JobList>> {
    return this.#http.call({ method: "GET", path: jobsPath(appId, appEnv), query });
  }

  /** How far a job is, and what came of it. */
  async getJob(appId: string, appEnv: string, jobId: string): Promise<Answer<Job>> {
    return this.#http.call({ method: "GET", path: jobsPath(appId, appEnv) + path`/${jobId}` });
  }

  /** The events whose attempt, made by the job, failed. */
  async getJobFailures(
    appId: string,
    appEnv: string,
    jobId: string,
    query: PageQuery = {},
  ): Promise<Answer<JobFailures>> {
    return this.#http.call({ method: "GET", path: jobsPath(appId, appEnv) + path`/${jobId}/failures`, query });
  }

  /** Pauses a job. What is queued already goes its way. */
  async pauseJob(appId: string, appEnv: string, jobId: string): Promise<Answer<Job>> {
    return this.#http.call({ method: "POST", path: jobsPath(appId, appEnv) + path`/${jobId}/pause` });
  }

  /** Lets a paused job go on where it was. */
  async resumeJob(appId: string, appEnv: string, jobId: string): Promise<Answer<Job>> {
    return this.#http.call({ method: "POST", path: jobsPath(appId, appEnv) + path`/${jobId}/resume` });
  }

  /** Ends a job. What is queued already goes its way. */
  async cancelJob(appId: string, appEnv: string, jobId: string): Promise<Answer<Job>> {
    return this.#http.call({ method: "POST", path: jobsPath(appId, appEnv) + path`/${jobId}/cancel` });
  }

  /** Resends, as a new job, the failures of this one that have not succeeded since. */
  async rerunJob(appId: string, appEnv: string, jobId: string, options: JobOptions = {}): Promise<Answer<Job>> {
    const headers = idempotencyHeader(options);
    return this.#http.call({ method: "POST", path: jobsPath(appId, appEnv) + path`/${jobId}/rerun`, headers });
  }
}

function jobsPath(appId: string, appEnv: string): string {
  return path`/v4/applications/${appId}/envs/${appEnv}/jobs`;
}
