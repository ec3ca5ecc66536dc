import { sweepAccessibility } from "./accessibility_sweep.ts";

await sweepAccessibility({ scheme: "dark", locale: "fr" });
