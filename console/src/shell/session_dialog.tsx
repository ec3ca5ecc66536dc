/** The dialog that asks for the key again. It can only be left by signing in. */
import { Modal, Stack, Text } from "@mantine/core";
import { useT } from "../i18n/i18n.ts";
import { SignInForm } from "./sign_in_form.tsx";

/** Over the page, which stays as it is. */
export default function SessionDialog({ onSignedIn }: { onSignedIn: () => void }) {
  const t = useT();
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} title={t("signIn.expired.title")}>
      <Stack>
        <Text>{t("signIn.expired.text")}</Text>
        <SignInForm onSignedIn={onSignedIn} />
      </Stack>
    </Modal>
  );
}
