/** How far the search for the entry that an address names has come. */

/** So many pages are read by themselves before somebody is asked. */
export const SEARCH_PAGES = 20;

/** `pages`: how many are read; `pagesMax`: how many may be read without asking. */
type Progress = { isFound: boolean; pages: number; pagesMax: number; hasMore: boolean };

/** `absent`: not in what the filter shows; `far`: not so far, and somebody has to say whether to go on. */
export function entrySearch({ isFound, pages, pagesMax, hasMore }: Progress): "found" | "searching" | "absent" | "far" {
  if (isFound) return "found";
  if (pages === 0) return "searching";
  if (!hasMore) return "absent";
  return pages < pagesMax ? "searching" : "far";
}
