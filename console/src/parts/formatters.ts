/**
 * Formatters of the browser, made once for each language and form: making one takes longer than everything else that a cell
 * of a list does.
 */

const formatters = new Map<string, unknown>();

function known<Formatter>(kind: string, locale: string, options: object, make: () => Formatter): Formatter {
  const name = `${kind} ${locale} ${JSON.stringify(options)}`;
  const formatter = (formatters.get(name) as Formatter | undefined) ?? make(); // a name has one kind
  formatters.set(name, formatter);
  return formatter;
}

/** Of dates and times, as the function that writes one: the same for the same language and form. */
export function dateWriter(locale: string, options: Intl.DateTimeFormatOptions): (at: Date) => string {
  return known("date", locale, options, () => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (at: Date): string => format.format(at);
  });
}

/** Of numbers, with or without a unit. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return known("number", locale, options, () => new Intl.NumberFormat(locale, options));
}

/** Of times as seen from now. */
export function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  const options = { style: "short", numeric: "auto" } as const;
  return known("relative", locale, options, () => new Intl.RelativeTimeFormat(locale, options));
}
