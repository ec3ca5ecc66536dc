/** How Vite builds the console: static files, of which the server gives index.html a nonce per answer. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
  },
});
