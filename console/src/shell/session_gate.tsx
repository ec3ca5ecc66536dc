/** The dialog that asks for the key again when the session ends while a page is open; the page stays as it is. */
import { Modal, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { sessionEnded } from "../api/client.ts";
import { useT } from "../i18n/i18n.ts";
import { queryClient } from "../query_client.ts";
import { SignInForm } from "./sign_in_form.tsx";

/** Shown when a call was refused for want of a session. */
export function SessionGate() {
  const t = useT();
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
  return (
    <Modal opened={isOpen} onClose={() => {}} withCloseButton={false} title={t("signIn.expired.title")}>
      <Stack>
        <Text>{t("signIn.expired.text")}</Text>
        <SignInForm onSignedIn={goOn} />
      </Stack>
    </Modal>
  );
}
