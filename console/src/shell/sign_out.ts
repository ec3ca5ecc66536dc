/** Leaving the console. */
import { useNavigate } from "@tanstack/react-router";
import { signOut } from "../session.ts";

/** Ends the session and shows the sign-in. */
export function useSignOut(): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    await signOut();
    await navigate({ to: "/sign-in", search: {} });
  };
}
