/** The page that asks for a key. */
import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useT } from "../i18n/i18n.ts";
import { ownPath } from "./own_path.ts";
import { SignInForm } from "./sign_in_form.tsx";
import { ThemeAndLanguage } from "./theme_and_language.tsx";

/** Leads on to the page that was asked for. */
export function SignInScreen() {
  const t = useT();
  const router = useRouter();
  const navigate = useNavigate();
  const { returnTo } = useSearch({ from: "/sign-in" });
  useEffect(() => {
    document.title = `${t("signIn.title")} · ${t("shell.product")}`;
  }, [t]);
  const goOn = () => {
    const target = ownPath(returnTo, location.origin);
    if (target === "/") void navigate({ to: "/", replace: true });
    else router.history.replace(target);
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={440}>
        <Stack>
          <Title order={1} size="h2">
            {t("shell.product")}
          </Title>
          <Text>{t("signIn.intro")}</Text>
          <SignInForm onSignedIn={goOn} />
          <ThemeAndLanguage />
        </Stack>
      </Paper>
    </Center>
  );
}
