/** The providers around the router: language, look, server state, notifications. */
import { I18nProvider } from "@lingui/react";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { i18n } from "./i18n/i18n.ts";
import { pageNonce } from "./page_facts.ts";
import { queryClient } from "./query_client.ts";
import { router } from "./routes.tsx";
import { readableColors, theme } from "./theme.ts";
import classes from "./app.module.css";

const colorScheme = localStorageColorSchemeManager({ key: "ignisign-scheme" });
const nonce = pageNonce();

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
          <Notifications position="bottom-left" limit={4} className={classes["notes"] ?? ""} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}
