/** The applications that the bar and the palette offer: the newest of them, for the operator. */
import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";

/** Up to 100; more are found on the page of applications. */
export const firstApplicationsQuery = queryOptions({
  queryKey: ["applications", "first"],
  queryFn: ({ signal }) => call("listApplications", { query: { limit: 100 }, signal }),
});
