/** Where the console begins: the nonce for styles made later, the language, then the first render. */
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import "@mantine/core/styles.css";
import "./main.css";
import { App } from "./app.tsx";
import { activateLocale, preferredLocale } from "./i18n/i18n.ts";
import { pageNonce } from "./page_facts.ts";

setNonce(pageNonce());
await activateLocale(preferredLocale());
const root = document.querySelector("#root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(<App />);
