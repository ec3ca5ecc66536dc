/** Numbers as people read them, in the language of the page. */
import { numberFormat } from "./formatters.ts";

/** 12480 → "12,480". */
export function countText(count: number, locale: string): string {
  return numberFormat(locale).format(count);
}

/** 0.987 → "98.7 %"; null where there is nothing to divide by. */
export function shareText(part: number, whole: number, locale: string): string | null {
  if (whole === 0) return null;
  const style = { style: "percent", maximumFractionDigits: 1 } as const;
  return numberFormat(locale, style).format(part / whole);
}

/** 16384 → "16 kB". */
export function bytesText(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  // "246 bytes", but "1.2 kB": the short form of bytes has no plural.
  const unitDisplay = step === 0 ? "long" : "short";
  const style = { style: "unit", unit: units[step] ?? "byte", unitDisplay, maximumFractionDigits: 1 } as const;
  return numberFormat(locale, style).format(bytes / 1_000 ** step);
}
