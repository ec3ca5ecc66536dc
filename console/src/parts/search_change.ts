/** Changes entries of the page's address and keeps the others. */
import { useNavigate } from "@tanstack/react-router";

/** What an entry becomes; undefined takes it away. */
export type SearchChange = Record<string, string | number | true | undefined>;

/** `isReplacing` (default true): going back does not go through every change; false for what is a place of its own. */
export function useSearchChange(): (change: SearchChange, options?: { isReplacing?: boolean }) => void {
  const navigate = useNavigate();
  return (change, { isReplacing = true } = {}) => {
    const search = (old: object) => ({ ...old, ...change });
    // Each page's own validation drops what it does not know.
    void navigate({ to: ".", search: search as never, replace: isReplacing, resetScroll: false });
  };
}
