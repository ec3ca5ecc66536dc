/** Short notes at the corner of the page: something was done (with a way back), or was refused. */
import type { NotificationData } from "@mantine/notifications";
import { createElement } from "react";
import type { Translate } from "../i18n/i18n.ts";
import { i18n } from "../i18n/i18n.ts";
import { requestIdText } from "./problem_text.ts";
import { ProblemWords } from "./problem_words.tsx";
import { UndoNote } from "./undo_note.tsx";

/** How long something can be undone, in ms. */
const UNDO_MS = 10_000;

/** The note that offers an undo now: a newer one takes its place, since its undo would take back more than it says. */
let undoNote: string | null = null;
let undoNotes = 0;

/** Something was done. */
export function toastDone(message: string): void {
  show({ ...closable(), message, color: "green", autoClose: 4_000 });
}

/** Something was done that can be taken back for 10 seconds. */
export function toastUndo(t: Translate, message: string, undo: () => void): void {
  if (undoNote !== null) hide(undoNote);
  const id = `undo-${++undoNotes}`;
  undoNote = id;
  const run = (): void => {
    hide(id);
    undo();
  };
  const note = createElement(UndoNote, { message, label: t("parts.undo"), onUndo: run });
  show({ ...closable(), id, message: note, color: "blue", autoClose: UNDO_MS });
}

/** Something was refused: why, and the request's id. */
export function toastProblem(t: Translate, error: unknown): void {
  show({
    ...closable(),
    title: createElement(ProblemWords, { error }),
    message: requestIdText(t, error),
    color: "red",
    autoClose: 12_000,
  });
}

/** The button that closes a note has a cross alone, so it needs a name. */
function closable(): { closeButtonProps: { "aria-label": string } } {
  return { closeButtonProps: { "aria-label": i18n._("parts.close") } };
}

/** The library comes with the first note. */
function show(note: NotificationData): void {
  void import("@mantine/notifications").then(({ notifications }) => notifications.show(note));
}

function hide(id: string): void {
  void import("@mantine/notifications").then(({ notifications }) => notifications.hide(id));
}
