/** The providers around the router: language, look, server state, notifications. */
import { I18nProvider } from "@lingui/react";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { i18n } from "./i18n/i18n.ts";
import { pageNonce } from "./page_facts.ts";
import { queryClient } from "./query_client.ts";
import { router } from "./routes.tsx";
import { readableColors, theme } from "./theme.ts";

const colorScheme = localStorageColorSchemeManager({ key: "ignisign-scheme" });
const nonce = pageNonce();
/** Nothing is noted before the first page is there. */
const Notes = lazy(() => import("./notes.tsx"));

/** The whole console. */
export function App() {
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={readableColors}
        defaultColorScheme="auto"
        colorSchemeManager={colorScheme}
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queryClient}>
          <Suspense>
            <Notes />
          </Suspense>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}
