/** A place for a dialog that is loaded when it is opened for the first time, and there only while it is open. */
import type { ReactNode } from "react";
import { Suspense } from "react";
import { FocusReturn } from "./focus_return.tsx";

/** `children`: the dialog, itself a lazy component and open from the start. The focus comes back to where it was. */
export function LateDialog({ isOpen, children }: { isOpen: boolean; children: ReactNode }) {
  if (!isOpen) return null;
  return (
    <FocusReturn>
      <Suspense>{children}</Suspense>
    </FocusReturn>
  );
}
