/** One sealed text under another key, and an error that names what does not open. */
import type { Sealer, SecretBox } from "../secret_box.ts";

/** Opens it and seals it anew. `place` says what it is, for the error where it does not open. */
export function sealedAnew(
  { box, sealer }: { box: SecretBox; sealer: Sealer },
  { sealed, binding, place }: { sealed: string; binding: string; place: string },
): string {
  let clearText: string;
  try {
    clearText = box.open(sealed, binding);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The ${place} does not open (${why}).`, { cause: error });
  }
  return sealer.seal(clearText, binding);
}
