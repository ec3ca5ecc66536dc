/** Whether the first steps are shown: only in a new environment, where they are loaded. */
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { call } from "../../api/client.ts";
import { useTenant } from "../../tenant.ts";

const FirstSteps = lazy(async () => ({ default: (await import("./first_steps.tsx")).FirstSteps }));

/** Nothing in an environment that messages were published in, or where it was closed. */
export function QuickStart() {
  const tenant = useTenant();
  const [isClosed, setClosed] = useLocalStorage({
    key: `ignisign-quick-start-${tenant.appId}-${tenant.appEnv}`,
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const isNew = useQuery({
    queryKey: ["events", tenant.appId, tenant.appEnv, "any"],
    queryFn: async ({ signal }) => {
      const { searchData } = await call("listEvents", { path: tenant, query: { test: "false", limit: 1 }, signal });
      return searchData.total === 0;
    },
    enabled: !isClosed,
  });
  return isClosed || isNew.data !== true ? null : (
    <Suspense>
      <FirstSteps onClose={() => setClosed(true)} />
    </Suspense>
  );
}
