/** Errors of the form: one text to a field, and the lines of the summary over it. */
import { useState } from "react";
import type { Translate } from "../../i18n/i18n.ts";
import { useT } from "../../i18n/i18n.ts";
import type { FormProblem } from "../../parts/error_summary.tsx";
import { problemText, requestIdText } from "../../parts/problem_text.ts";
import type { FormField, WebhookForm } from "./webhook_form.ts";
import { formFaults, problemFaults } from "./webhook_form.ts";

/** A text for each field that has an error. */
export type FieldErrors = Partial<Record<FormField, string>>;

/** The id of a field's input. */
export function fieldId(field: FormField): string {
  return `field-${field.replace(".", "-")}`;
}

/** The errors of the form and what changes them. */
export type CheckedForm = {
  errors: FieldErrors;
  problems: readonly FormProblem[];
  /** Counts the submissions that were refused, by us or by the server. */
  attempt: number;
  /** Whether the form can be sent; if not, its errors are shown. */
  check: () => boolean;
  /** Shows what the server refused. */
  refuse: (error: unknown) => void;
  /** Takes the errors of fields away, since they were changed. */
  clear: (fields: readonly string[]) => void;
};

/** For the form as it is now. */
export function useFormErrors(form: WebhookForm): CheckedForm {
  const t = useT();
  const [errors, setErrors] = useState<FieldErrors>({});
  const [refusal, setRefusal] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const show = (found: FieldErrors, refused: unknown): void => {
    setErrors(found);
    setRefusal(refused);
    setAttempt(attempt + 1);
  };
  const check = (): boolean => {
    const found = localErrors(t, form);
    if (Object.keys(found).length > 0) {
      show(found, null);
      return false;
    }
    setErrors({});
    setRefusal(null);
    return true;
  };
  const clear = (fields: readonly string[]): void => {
    const isOf = (field: string): boolean => fields.includes(field.split(".")[0] ?? "");
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !isOf(field))));
    setRefusal(null);
  };
  const refuse = (error: unknown): void => show(refusalErrors(error, form), error);
  return { errors, problems: formProblems(t, errors, refusal), attempt, check, refuse, clear };
}

/** What can be told before anything is sent. */
function localErrors(t: Translate, form: WebhookForm): FieldErrors {
  return Object.fromEntries(formFaults(form).map(({ field, id, values }) => [field, t(id, values)]));
}

/** What a refusal says of the fields. */
function refusalErrors(error: unknown, form: WebhookForm): FieldErrors {
  return Object.fromEntries(problemFaults(error, form).map(({ field, message }) => [field, message]));
}

/** The summary: every field with its error; or the refusal as a whole where it names no field. */
function formProblems(t: Translate, errors: FieldErrors, refusal: unknown): FormProblem[] {
  const ofFields = Object.entries(errors).map(([field, text]) => ({
    fieldId: fieldId(field as FormField), // the keys of FieldErrors
    text: t("form.problem", { field: fieldLabel(t, field), text: text ?? "" }),
  }));
  if (ofFields.length > 0 || refusal === null) return ofFields;
  const { text, english } = problemText(t, refusal);
  const requestId = requestIdText(t, refusal);
  return [{ fieldId: null, text, english }, ...(requestId === "" ? [] : [{ fieldId: null, text: requestId }])];
}

function fieldLabel(t: Translate, field: string): string {
  const [name = ""] = field.split(".");
  switch (name) {
    case "url":
      return t("form.url");
    case "description":
      return t("form.description");
    case "timeoutS":
      return t("form.timeout");
    case "rateLimit":
      return t("form.rateLimit");
    case "maxConcurrency":
      return t("form.concurrency");
    case "retryText":
      return t("form.retrySteps");
    case "signatureVersions":
      return t("form.signature");
    case "headers":
      return t("form.headers");
    default:
      return name;
  }
}
