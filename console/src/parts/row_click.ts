/** What a press of the mouse on a row asks for: its details here, or its page in a tab of its own, as with a link. */

/** As far as it matters. */
type Press = { button: number; metaKey: boolean; ctrlKey: boolean };

const MAIN_BUTTON = 0;
const MIDDLE_BUTTON = 1;

/** Null: nothing, such as for the menu of the other button. */
export function placeOfClick({ button, metaKey, ctrlKey }: Press): "here" | "tab" | null {
  if (button === MIDDLE_BUTTON) return "tab";
  if (button !== MAIN_BUTTON) return null;
  return metaKey || ctrlKey ? "tab" : "here";
}
