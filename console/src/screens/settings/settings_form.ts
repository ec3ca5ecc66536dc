/** The form of the environment's settings: what people type, and what the call takes. */
import type { Answer, Body } from "../../api/client.ts";
import { formatSchedule, parseSchedule } from "../../parts/retry_plan.ts";

/** As the API answers them. */
export type Settings = Answer<"getSettings">;
/** As people type them; an empty text stands for the server's setting. */
export type SettingsForm = {
  hasOwnSchedule: boolean;
  schedule: string;
  timeoutSeconds: string;
  isAutoDisabling: boolean;
  retentionDays: string;
  contentRetentionDays: string;
};

const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** The form that shows these settings. */
export function formOf(settings: Settings): SettingsForm {
  return {
    hasOwnSchedule: settings.retrySchedule !== null,
    schedule: formatSchedule(settings.retrySchedule ?? settings.server.retrySchedule),
    timeoutSeconds: numberText(settings.timeoutMs, SECOND_MS),
    isAutoDisabling: settings.isAutoDisabling,
    retentionDays: numberText(settings.retentionMs, DAY_MS),
    contentRetentionDays: numberText(settings.contentRetentionMs, DAY_MS),
  };
}

/** Whether they say the same. */
export function isSameForm(one: SettingsForm, other: SettingsForm): boolean {
  const names = Object.keys(one) as (keyof SettingsForm)[]; // a form has these and no others
  return names.every((name) => one[name] === other[name]);
}

/** What is to be sent; null while the schedule cannot be read. Bounds are the server's to judge. */
export function bodyOf(form: SettingsForm): Body<"updateSettings"> | null {
  const parsed = parseSchedule(form.schedule);
  if (form.hasOwnSchedule && "fault" in parsed) return null;
  return {
    retrySchedule: form.hasOwnSchedule && "steps" in parsed ? parsed.steps : null,
    timeoutMs: numberOf(form.timeoutSeconds, SECOND_MS),
    isAutoDisabling: form.isAutoDisabling,
    retentionMs: numberOf(form.retentionDays, DAY_MS),
    contentRetentionMs: numberOf(form.contentRetentionDays, DAY_MS),
  };
}

/** The schedule that the form stands for, in ms; null while it cannot be read. */
export function scheduleOf(form: SettingsForm, settings: Settings): readonly number[] | null {
  if (!form.hasOwnSchedule) return settings.server.retrySchedule;
  const parsed = parseSchedule(form.schedule);
  return "steps" in parsed ? parsed.steps : null;
}

function numberText(ms: number | null, unitMs: number): string {
  return ms === null ? "" : String(ms / unitMs);
}

function numberOf(text: string, unitMs: number): number | null {
  return text.trim() === "" ? null : Math.round(Number(text) * unitMs);
}
