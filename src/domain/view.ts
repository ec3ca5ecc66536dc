/** What a view of the list of events may be that an application environment shares: a name, and the filters as an address has them. */

/** So many an application environment has at most. */
export const VIEWS_PER_TENANT_MAX = 50;
/** So long is a name. */
export const VIEW_NAME_CHARS_MAX = 60;
/** As long as the search of an address gets, with every filter at its longest and each of its characters encoded. */
export const VIEW_QUERY_CHARS_MAX = 8_000;
/** Controls, line ends, marks that turn the direction of what follows, and blanks without width, which look like nothing. */
const UNSEEN = "\\u0000-\\u001f\\u007f-\\u009f\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff";
/** Joiners, which scripts and emoji need between two characters. */
const JOINERS = "\\u00ad\\u200c\\u200d";
/** Something to read, with nothing but that at both ends, and on one line. */
export const VIEW_NAME_PATTERN = `^[^\\s${UNSEEN}${JOINERS}]([^${UNSEEN}]*[^\\s${UNSEEN}${JOINERS}])?$`;

const PART = "([0-9A-Za-z*._+-]|%[0-9A-Fa-f]{2})";
const FILTER = `${PART}+=${PART}*`;
/** The search of an address as `URLSearchParams` writes it: empty, or `?` and names with their values. */
export const VIEW_QUERY_PATTERN = `^(\\?${FILTER}(&${FILTER})*)?$`;
