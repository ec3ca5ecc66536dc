import { sweepAccessibility } from "./accessibility_sweep.ts";

await sweepAccessibility({ scheme: "light", locale: "fr" });
