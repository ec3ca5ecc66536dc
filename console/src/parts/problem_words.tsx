/** What went wrong, with the server's own English words, marked as such, where they say more. */
import { useT } from "../i18n/i18n.ts";
import { labelText } from "./label_text.ts";
import { problemText } from "./problem_text.ts";

/** Of any error; the request's id stands apart. */
export function ProblemWords({ error }: { error: unknown }) {
  const { text, english } = problemText(useT(), error);
  return english === "" ? (
    text
  ) : (
    <>
      {text} <span lang="en">{labelText(english)}</span>
    </>
  );
}
