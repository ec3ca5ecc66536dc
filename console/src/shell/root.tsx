/** The outermost frame: it stays over every navigation. */
import { Outlet } from "@tanstack/react-router";
import { ShortcutProvider } from "./shortcuts.tsx";

/** Around the sign-in and everything behind it. */
export function Root() {
  return (
    <ShortcutProvider>
      <Outlet />
    </ShortcutProvider>
  );
}
