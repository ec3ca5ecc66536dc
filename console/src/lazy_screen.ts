/** A screen that is loaded when it is opened, together with the messages that it shows. */
import { lazyRouteComponent } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { loadAreas } from "./i18n/i18n.ts";

/** `areas`: the files of messages that the screen and what it imports take texts from; a test compares them. */
export function lazyScreen<Name extends string>(
  load: () => Promise<Record<Name, ComponentType>>,
  name: Name,
  areas: readonly string[],
) {
  return lazyRouteComponent(async () => {
    const [screen] = await Promise.all([load(), loadAreas(areas)]);
    return screen;
  }, name);
}
