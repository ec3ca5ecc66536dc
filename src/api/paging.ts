/** Pages of lists: which one is asked for, and how deep a page number may go. */
import { Type } from "typebox";
import { ApiError } from "../errors.ts";
import type { PageRequest } from "../store/tenancy.ts";
import { PAGED_ROWS_MAX } from "../store/history.ts";
import { jsonArray } from "./representation.ts";
import { queryFaults } from "./validation.ts";

const PAGE_LIMIT_DEFAULT = 50;
const PAGE_LIMIT_MAX = 100;

/** The query fields of every list. */
export const PAGE_QUERY = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT })),
  page: Type.Optional(Type.Integer({ minimum: 1, description: "From 1; reaches the first 10,000 rows." })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 512, description: "`nextCursor` of the last answer, in place of `page`." }),
  ),
};

/** Where a page is in the whole list. `totalIsAtLeast`: counting stopped at `total`. */
export const SEARCH_DATA_SCHEMA = Type.Object({
  total: Type.Integer(),
  page: Type.Integer(),
  nbEventsPerPage: Type.Integer({ description: "The page size." }),
  totalIsAtLeast: Type.Optional(Type.Boolean()),
});

/** Checks what a query asks for. Throws PAGE_TOO_DEEP beyond the first 10,000 rows. */
export function pageRequest(query: { limit?: number; page?: number; cursor?: string }): PageRequest {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
  const page = query.page ?? 1;
  if (query.cursor !== undefined && query.page !== undefined) {
    throw queryFaults([{ path: "page", message: "cannot be combined with cursor" }]);
  }
  if (page * limit > PAGED_ROWS_MAX) {
    throw new ApiError(
      "PAGE_TOO_DEEP",
      `Page ${page} of ${limit} is beyond the first ${PAGED_ROWS_MAX} rows. Go on with cursor=<nextCursor>.`,
      { context: { rowsMax: PAGED_ROWS_MAX, use: "cursor" } },
    );
  }
  return { limit, page, cursor: query.cursor ?? null };
}

/** The `searchData` of an answer. */
export function searchData(
  request: PageRequest,
  counted: { total: number; totalIsAtLeast?: boolean },
): { total: number; page: number; nbEventsPerPage: number; totalIsAtLeast?: boolean } {
  const place = { total: counted.total, page: request.page, nbEventsPerPage: request.limit };
  return counted.totalIsAtLeast === true ? { ...place, totalIsAtLeast: true } : place;
}

/** The answer of a list whose `items` are JSON already, as text: under `name`, with where the page is in the whole. */
export function pageJson(of: {
  name: "events" | "items";
  items: readonly string[];
  page: PageRequest;
  list: { total: number; totalIsAtLeast?: boolean; nextCursor: string | null };
}): string {
  const { name, items, page, list } = of;
  const rest = JSON.stringify({ searchData: searchData(page, list), nextCursor: list.nextCursor });
  return `{"${name}":${jsonArray(items)},${rest.slice(1)}`;
}
