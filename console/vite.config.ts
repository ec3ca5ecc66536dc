/** How Vite builds the console: static files, of which the server gives index.html a nonce per answer. */
import { compileMessage } from "@lingui/message-utils/compileMessage";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

const MESSAGES = /\/src\/i18n\/(?:en|fr)\/(?!en\.ts|fr\.ts)\w+\.ts$/;

/** Compiles messages when the console is built, so that no browser needs a parser for them. */
const compiledMessages: Plugin = {
  name: "compiled-messages",
  enforce: "pre",
  async load(id) {
    if (!MESSAGES.test(id)) return null;
    const exported = Object.values((await import(`${id}?at=${Date.now()}`)) as Record<string, Record<string, string>>);
    const compiled = exported.flatMap((messages) =>
      Object.entries(messages).map(([name, text]) => [name, compileMessage(text)]),
    );
    return `export default ${JSON.stringify(Object.fromEntries(compiled))};`;
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [compiledMessages, react()],
  // The server replaces it in every answer.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    // What a page may cost is checked by a test, compressed.
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      output: {
        // What every page needs is one file: dozens of small shared ones compress worse and come in more requests.
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules\/(?:(?:react|react-dom|scheduler|@lingui)\/|@tanstack\/(?!react-virtual|virtual-core))/,
            },
            { name: "kit", test: /node_modules\/(?:@mantine\/(?:core|hooks)|@floating-ui)\//, minShareCount: 8 },
          ],
        },
      },
    },
  },
});
