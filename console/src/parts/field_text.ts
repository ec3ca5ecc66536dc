/** The text of a field whose value is in the address: what is typed stays as it was typed, and what changes elsewhere comes in. */
import { useState } from "react";

/**
 * `value` is what is in force, as the field writes it. `tell` notes what was asked to come into force: until that is so, and
 * while somebody types on, the text is left alone.
 */
export function useFieldText(value: string): {
  text: string;
  setText: (text: string) => void;
  tell: (value: string) => void;
} {
  const [text, setText] = useState(value);
  const [inForce, setInForce] = useState(value);
  const [told, tell] = useState(value);
  if (value !== inForce) {
    setInForce(value);
    // Changed from elsewhere, such as by a chip that removes the filter.
    if (value !== told) {
      tell(value);
      setText(value);
    }
  }
  return { text, setText, tell };
}
