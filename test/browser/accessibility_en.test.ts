import { sweepAccessibility } from "./accessibility_sweep.ts";

await sweepAccessibility("en");
