/** What is shown in place of a screen: addresses that lead nowhere, screens that failed to show, and those on their way. */
import { Button, Center, Code, Stack, Text, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link, useRouter } from "@tanstack/react-router";
import { ApiProblem } from "../api/client.ts";
import { useT } from "../i18n/i18n.ts";
import { Failure, Loading } from "../parts/states.tsx";

/** For an address that no route knows. */
export function NotFound() {
  const t = useT();
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" maw={480} ta="center">
        <Title order={1} size="h2">
          {t("shell.notFound.title")}
        </Title>
        <Text>{t("shell.notFound.text")}</Text>
        <Button component={Link} to="/">
          {t("shell.notFound.home")}
        </Button>
      </Stack>
    </Center>
  );
}

/** While a screen's script or the session is on its way. */
export function ScreenPending() {
  return (
    <Stack p="md">
      <Loading />
    </Stack>
  );
}

/** For an error that a screen did not expect, and for a server that cannot tell who is signed in. */
export function ScreenCrash({ error }: ErrorComponentProps) {
  const t = useT();
  const router = useRouter();
  if (error instanceof ApiProblem) {
    return (
      <Stack p="md">
        <Failure error={error} onRetry={() => void router.invalidate()} />
      </Stack>
    );
  }
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" maw={640}>
        <Title order={1} size="h2">
          {t("shell.crash.title")}
        </Title>
        <Text ta="center">{t("shell.crash.text")}</Text>
        <Code block>{String(error)}</Code>
        <Button onClick={() => location.reload()}>{t("shell.crash.reload")}</Button>
      </Stack>
    </Center>
  );
}
