/** Asks for the key again when the session ends while a page is open. */
import { lazy, Suspense, useEffect, useState } from "react";
import { sessionEnded } from "../api/client.ts";
import { queryClient } from "../query_client.ts";

const SessionDialog = lazy(() => import("./session_dialog.tsx"));

/** Nothing, until a call is refused for want of a session. */
export function SessionGate() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const open = (): void => setOpen(true);
    sessionEnded.addEventListener("ended", open);
    return () => sessionEnded.removeEventListener("ended", open);
  }, []);
  const goOn = () => {
    setOpen(false);
    void queryClient.invalidateQueries();
  };
  return <Suspense>{isOpen ? <SessionDialog onSignedIn={goOn} /> : null}</Suspense>;
}
