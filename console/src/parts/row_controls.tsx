/**
 * The controls of rows: plain elements that look like the kit's. A long list renders dozens of them in a frame while it is
 * scrolled, and the kit's cost more than everything else in the row.
 */
import type { MouseEvent, ReactNode } from "react";
import classes from "./row_controls.module.css";

/** `label` is read out. Between checked and not (`isMixed`) some of what it stands for is chosen. */
export function RowCheckbox({
  label,
  isChecked,
  isMixed = false,
  onChange,
}: {
  label: string;
  isChecked: boolean;
  isMixed?: boolean;
  onChange: () => void;
}) {
  return (
    <input
      type="checkbox"
      className={classes["checkbox"]}
      aria-label={label}
      checked={isChecked}
      ref={(input) => {
        if (input !== null) input.indeterminate = isMixed;
      }}
      onChange={onChange}
    />
  );
}

/** `label` is read out in place of the text, which is the same in every row. A busy one cannot be pressed again. */
export function RowButton({
  label,
  isBusy = false,
  isDisabled = false,
  onClick,
  children,
}: {
  label: string;
  isBusy?: boolean;
  isDisabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={classes["button"]}
      aria-label={label}
      aria-busy={isBusy}
      disabled={isBusy || isDisabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** A button that is an icon alone. `hint` are the properties that show its note. */
export function RowIconButton({
  label,
  hint,
  onClick,
  children,
}: {
  label: string;
  hint: object;
  onClick: (event: MouseEvent) => void;
  children: ReactNode;
}) {
  return (
    <button type="button" className={classes["icon"]} aria-label={label} onClick={onClick} {...hint}>
      {children}
    </button>
  );
}
