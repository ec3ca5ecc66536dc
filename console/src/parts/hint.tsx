/**
 * A note on what the pointer or the focus is on. The kit's tooltip costs a list of hundreds of cells more than the cells
 * themselves, so it is made only while it is shown.
 */
import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";

type HintTarget = {
  onMouseEnter: (event: { currentTarget: HTMLElement }) => void;
  onMouseLeave: () => void;
  onFocus: (event: { currentTarget: HTMLElement }) => void;
  onBlur: () => void;
};

/** Put `target` on the element and `hint` beside it. `label` is asked for while it is shown. */
export function useHint(label: () => string): { target: HintTarget; hint: ReactNode } {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const show = (event: { currentTarget: HTMLElement }): void => setElement(event.currentTarget);
  const hide = (): void => setElement(null);
  return {
    target: { onMouseEnter: show, onMouseLeave: hide, onFocus: show, onBlur: hide },
    hint: element === null ? null : <Tooltip label={label()} target={element} opened />,
  };
}
