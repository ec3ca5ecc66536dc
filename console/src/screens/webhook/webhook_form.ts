/** The settings of a webhook as a form holds them: from and to what the API takes, with the faults that can be told at once. */
import type { Body } from "../../api/client.ts";
import { ApiProblem } from "../../api/client.ts";
import type { MessageId } from "../../i18n/i18n.ts";
import { formatSchedule, parseSchedule, RETRY_STEPS_MAX } from "../../parts/retry_plan.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";

/** A custom header. `isStored`: its value is on the server, which does not show it; it stays while `value` is empty. */
export type HeaderRow = { name: string; value: string; isStored: boolean };

/** Everything but the topics. Numbers are empty where the environment's or the server's default holds. */
export type WebhookForm = {
  url: string;
  description: string;
  successStatus: Webhook["successStatus"];
  timeoutS: number | "";
  rateLimit: number | "";
  maxConcurrency: number | "";
  /** Whose retry schedule: the environment's or server's, or `retryText`. */
  retry: "inherited" | "own";
  /** Such as `5s, 5m`; empty for none. */
  retryText: string;
  signatureVersions: Webhook["signatureVersions"];
  headers: readonly HeaderRow[];
};

/** The settings of a webhook that the form can change. */
export type WebhookSettings = Omit<Body<"createWebhook">, "secret">;
/** The name of a field, as faults name it; one header is `headers.2`. */
export type FormField = keyof WebhookForm | `headers.${number}`;
/** What is wrong with a field: a message of ours, or the server's own words. */
export type FormFault = { field: FormField; id: MessageId; values: Record<string, string | number> };

/** What the server shows, and takes, in place of a stored value. */
const STORED_VALUE = "***";
/** Bounds of the API. */
export const TIMEOUT_S_MIN = 5;
/** See above. */
export const TIMEOUT_S_MAX = 30;
/** See above. */
export const CONCURRENCY_MAX = 100;
/** See above. */
export const HEADERS_MAX = 20;
/** See above. */
export const DESCRIPTION_CHARS_MAX = 512;
/** See above. */
export const URL_CHARS_MAX = 2_048;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The form of a webhook that is to be made. */
export const NEW_FORM: WebhookForm = {
  url: "",
  description: "",
  successStatus: "200",
  timeoutS: "",
  rateLimit: "",
  maxConcurrency: "",
  retry: "inherited",
  retryText: "",
  signatureVersions: ["v1"],
  headers: [],
};

/** The form of a webhook that there is. */
export function formOf(webhook: Webhook): WebhookForm {
  const { url, description, successStatus, timeoutMs, rateLimit, maxConcurrency, retrySchedule, headers } = webhook;
  const { signatureVersions } = webhook;
  return {
    url,
    description,
    successStatus,
    signatureVersions,
    timeoutS: timeoutMs === null ? "" : timeoutMs / 1_000,
    rateLimit: rateLimit ?? "",
    maxConcurrency,
    retry: retrySchedule === null ? "inherited" : "own",
    retryText: formatSchedule(retrySchedule ?? []),
    headers: headers.map(([name = ""]) => ({ name, value: "", isStored: true })),
  };
}

/** What the API takes. Only for a form without faults. */
export function settingsOf(form: WebhookForm): WebhookSettings {
  const schedule = parseSchedule(form.retryText);
  return {
    url: form.url.trim(),
    description: form.description.trim(),
    successStatus: form.successStatus,
    timeoutMs: form.timeoutS === "" ? null : Math.round(form.timeoutS * 1_000),
    rateLimit: form.rateLimit === "" ? null : form.rateLimit,
    maxConcurrency: form.maxConcurrency === "" ? null : form.maxConcurrency,
    retrySchedule: form.retry === "own" && "steps" in schedule ? schedule.steps : null,
    signatureVersions: form.signatureVersions,
    headers: filled(form.headers).map(({ name, value, isStored }) => [
      name.trim(),
      isStored && value === "" ? STORED_VALUE : value,
    ]),
  };
}

/** Only what differs between two states of the form: what nobody touched here may have been changed elsewhere. */
export function changedSettings(before: WebhookForm, after: WebhookForm): Partial<WebhookSettings> {
  const [old, now] = [Object.entries(settingsOf(before)), settingsOf(after)];
  const unchanged = new Set(
    old
      .filter(([name, value]) => JSON.stringify(value) === JSON.stringify(now[name as keyof WebhookSettings]))
      .map(([name]) => name),
  );
  return Object.fromEntries(Object.entries(now).filter(([name]) => !unchanged.has(name)));
}

/** What can be told without the server; the server tells the rest. */
export function formFaults(form: WebhookForm): FormFault[] {
  return [urlFault(form.url), timeoutFault(form), concurrencyFault(form), scheduleFault(form), ...headerFaults(form)]
    .filter((fault) => fault !== null)
    .map((fault) => fault);
}

function urlFault(url: string): FormFault | null {
  const text = url.trim();
  if (text === "") return { field: "url", id: "form.fault.urlMissing", values: {} };
  const isWeb = URL.canParse(text) && /^https?:\/\//i.test(text);
  return isWeb ? null : { field: "url", id: "form.fault.urlUnreadable", values: {} };
}

function timeoutFault({ timeoutS }: WebhookForm): FormFault | null {
  const isIn = timeoutS === "" || (timeoutS >= TIMEOUT_S_MIN && timeoutS <= TIMEOUT_S_MAX);
  const values = { min: TIMEOUT_S_MIN, max: TIMEOUT_S_MAX };
  return isIn ? null : { field: "timeoutS", id: "form.fault.timeout", values };
}

function concurrencyFault({ maxConcurrency }: WebhookForm): FormFault | null {
  const isIn = maxConcurrency === "" || (maxConcurrency >= 1 && maxConcurrency <= CONCURRENCY_MAX);
  return isIn ? null : { field: "maxConcurrency", id: "form.fault.concurrency", values: { max: CONCURRENCY_MAX } };
}

function scheduleFault({ retry, retryText }: WebhookForm): FormFault | null {
  const schedule = parseSchedule(retryText);
  if (retry === "inherited" || "steps" in schedule) return null;
  const { fault } = schedule;
  const values = fault.kind === "tooMany" ? { max: RETRY_STEPS_MAX } : { step: fault.step };
  return { field: "retryText", id: `form.fault.schedule.${fault.kind}`, values };
}

function headerFaults({ headers }: WebhookForm): FormFault[] {
  return headers.flatMap((header, at): FormFault[] => {
    if (filled([header]).length === 0) return [];
    if (!HEADER_NAME.test(header.name.trim()))
      return [{ field: `headers.${at}`, id: "form.fault.headerName", values: {} }];
    const isMissing = header.value === "" && !header.isStored;
    return isMissing ? [{ field: `headers.${at}`, id: "form.fault.headerValue", values: {} }] : [];
  });
}

/** Lines of which something is filled in. */
function filled(headers: readonly HeaderRow[]): HeaderRow[] {
  return headers.filter(({ name, value }) => name.trim() !== "" || value !== "");
}

/** A header with another name is another header: the stored value does not go with it. */
export function renamedHeader(header: HeaderRow, name: string): HeaderRow {
  return { ...header, name, isStored: header.isStored && header.name.toLowerCase() === name.trim().toLowerCase() };
}

/** Fields by the paths that the API has for them. */
const FIELDS: { readonly [path: string]: FormField } = {
  url: "url",
  description: "description",
  successStatus: "successStatus",
  timeoutMs: "timeoutS",
  rateLimit: "rateLimit",
  maxConcurrency: "maxConcurrency",
  retrySchedule: "retryText",
  signatureVersions: "signatureVersions",
};

/** A refusal of the API, field by field in its own words; what belongs to no field is left out. */
export function problemFaults(error: unknown, form: WebhookForm): { field: FormField; message: string }[] {
  if (!(error instanceof ApiProblem) || typeof error.context !== "object" || error.context === null) return [];
  const { faults } = error.context as { faults?: unknown };
  if (!Array.isArray(faults)) return [];
  return (faults as { path?: unknown; message?: unknown }[]).flatMap(({ path, message }) => {
    const field = fieldOf(String(path), form);
    return field === null ? [] : [{ field, message: String(message) }];
  });
}

/** `headers[1]` counts the headers that were sent, without the lines that are empty. */
function fieldOf(path: string, form: WebhookForm): FormField | null {
  const [, name = "", index] = /^([a-zA-Z]+)(?:\[(\d+)\])?/.exec(path) ?? [];
  if (name !== "headers" || index === undefined) return FIELDS[name] ?? null;
  const lines = form.headers.flatMap((header, at) => (filled([header]).length === 0 ? [] : [at]));
  const line = lines[Number(index)];
  return line === undefined ? null : `headers.${line}`;
}
