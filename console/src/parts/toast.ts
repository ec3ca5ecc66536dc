/** Short notes at the corner of the page: something was done (with a way back), or was refused. */
import { notifications } from "@mantine/notifications";
import { createElement } from "react";
import { ApiProblem } from "../api/client.ts";
import type { Translate } from "../i18n/i18n.ts";
import { i18n } from "../i18n/i18n.ts";
import { UndoNote } from "./undo_note.tsx";

/** How long something can be undone, in ms. */
const UNDO_MS = 10_000;

/** The note that offers an undo now: a newer one takes its place, since its undo would take back more than it says. */
let undoNote: string | null = null;
let undoNotes = 0;

/** Something was done. */
export function toastDone(message: string): void {
  notifications.show({ ...closable(), message, color: "green", autoClose: 4_000 });
}

/** Something was done that can be taken back for 10 seconds. */
export function toastUndo(t: Translate, message: string, undo: () => void): void {
  if (undoNote !== null) notifications.hide(undoNote);
  const id = `undo-${++undoNotes}`;
  undoNote = id;
  const run = (): void => {
    notifications.hide(id);
    undo();
  };
  const note = createElement(UndoNote, { message, label: t("parts.undo"), onUndo: run });
  notifications.show({ ...closable(), id, message: note, color: "blue", autoClose: UNDO_MS });
}

/** Something was refused: the server's own words and the request's id. */
export function toastProblem(t: Translate, error: unknown): void {
  notifications.show({
    ...closable(),
    title: problemText(t, error),
    message: requestIdText(t, error),
    color: "red",
    autoClose: 12_000,
  });
}

/** The button that closes a note has a cross alone, so it needs a name. */
function closable(): { closeButtonProps: { "aria-label": string } } {
  return { closeButtonProps: { "aria-label": i18n._("parts.close") } };
}

/** What went wrong, in words. */
export function problemText(t: Translate, error: unknown): string {
  if (!(error instanceof ApiProblem)) return String(error);
  if (error.status === 0) return t("parts.error.offline");
  if (error.code === "SCOPE_MISSING") return t("parts.error.forbidden");
  return error.message;
}

/** The id that the server's log knows the request by, or nothing. */
export function requestIdText(t: Translate, error: unknown): string {
  const requestId = error instanceof ApiProblem ? error.requestId : null;
  return requestId === null ? "" : t("parts.error.requestId", { id: requestId });
}
