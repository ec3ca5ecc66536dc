/** Gives the focus back to where it was, when what stands inside goes: for dialogs that are there only while they are open. */
import type { ReactNode } from "react";
import { useEffect } from "react";

/** The focus is noted when it is mounted, before anything inside takes it. */
export function FocusReturn({ children }: { children: ReactNode }) {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      // After the dialog has gone: until then its trap keeps the focus.
      requestAnimationFrame(() => {
        const isFree = document.activeElement === null || document.activeElement === document.body;
        if (isFree && before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, []);
  return children;
}
